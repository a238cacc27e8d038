SELECT r.from_domain_id, f.oid, r.to_domain_id, t.oid, r.rule
FROM number_rule r
JOIN domain f ON f.id = r.from_domain_id
JOIN domain t ON t.id = r.to_domain_id
ORDER BY f.oid, t.oid
