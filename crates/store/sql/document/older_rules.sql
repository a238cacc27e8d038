SELECT id
FROM document
WHERE held = 1 AND rules_version < ?1 AND id > ?2
ORDER BY id
LIMIT ?3
