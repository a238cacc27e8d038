-- Identities without evidence of a version, in order; those of community IDs have none.
SELECT i.id, i.domain_id, i.demographics
FROM identity i
JOIN domain d ON d.id = i.domain_id AND d.affinity = 0
LEFT JOIN link_evidence e ON e.identity_id = i.id
WHERE i.id > ?1
    AND (e.identity_id IS NULL AND i.demographics_sent <> '' OR e.norm_version < ?2)
ORDER BY i.id
LIMIT ?3
