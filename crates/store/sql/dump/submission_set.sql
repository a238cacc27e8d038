SELECT u.unique_id, n.oid AS domain, i.local_id
FROM submission_set u
JOIN identity i ON i.id = u.identity_id
JOIN domain n ON n.id = i.domain_id
