SELECT f.unique_id, n.oid AS domain, i.local_id, f.availability, f.metadata
FROM folder f
JOIN identity i ON i.id = f.identity_id
JOIN domain n ON n.id = i.domain_id
