SELECT n.oid AS domain, i.local_id, t.token
FROM identity_token t
JOIN identity i ON i.id = t.identity_id
JOIN domain n ON n.id = i.domain_id
