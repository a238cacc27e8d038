SELECT DISTINCT person_id
FROM identity
WHERE birth_day >= ?1 AND birth_day <= ?2 AND person_id > ?3
ORDER BY person_id
LIMIT ?4
