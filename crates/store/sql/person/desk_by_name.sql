SELECT DISTINCT i.person_id
FROM identity_token t
JOIN identity i ON i.id = t.identity_id
WHERE (?2 = 1 OR i.domain_id IN @IN_INTS(?3))
    AND @STARTS_WITH(t.token, ?4)
ORDER BY i.person_id
LIMIT ?1
