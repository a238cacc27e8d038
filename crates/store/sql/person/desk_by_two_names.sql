SELECT DISTINCT i.person_id
FROM (
    SELECT t.identity_id AS identity_id
    FROM identity_token t
    WHERE @STARTS_WITH(t.token, ?4)
    UNION
    SELECT one.identity_id AS identity_id
    FROM identity_token one
    JOIN identity_token other ON other.identity_id = one.identity_id
    WHERE @STARTS_WITH(one.token, ?5) AND @STARTS_WITH(other.token, ?6)
) named
JOIN identity i ON i.id = named.identity_id
WHERE (?2 = 1 OR i.domain_id IN @IN_INTS(?3))
ORDER BY i.person_id
LIMIT ?1
