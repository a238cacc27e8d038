SELECT identity_id, domain_id, evidence
FROM link_evidence
WHERE identity_id IN @IN_INTS(?1)
ORDER BY identity_id
