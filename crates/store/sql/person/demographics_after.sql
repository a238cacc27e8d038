SELECT id, demographics
FROM identity
WHERE id > ?1
ORDER BY id
LIMIT ?2
