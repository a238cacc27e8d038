SELECT DISTINCT i.person_id
FROM domain d
JOIN identity i ON i.domain_id = d.id AND i.local_id = ?1
WHERE i.person_id > ?2
ORDER BY i.person_id
LIMIT ?3
