SELECT DISTINCT i.person_id
FROM domain d
JOIN identity i ON i.domain_id = d.id AND i.local_id = ?4
WHERE (?2 = 1 OR i.domain_id IN @IN_INTS(?3))
ORDER BY i.person_id
LIMIT ?1
