SELECT DISTINCT i.person_id
FROM identity i
WHERE (?2 = 1 OR i.domain_id IN @IN_INTS(?3))
    AND i.birth_day >= ?4 AND i.birth_day <= ?5
ORDER BY i.person_id
LIMIT ?1
