SELECT i.person_id, i.id, i.domain_id, i.birth_day
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
JOIN enrolment e ON e.identity_id = i.id AND e.withdrawn_us IS NULL AND e.suspended_us IS NULL
WHERE EXISTS (
        SELECT 1 AS permitted FROM consent c
        WHERE c.viewer_facility_id = ?1 AND c.person_id = i.person_id AND c.permit = 1
            AND c.withdrawn_us IS NULL AND c.from_us <= ?2 AND (c.until_us IS NULL OR c.until_us > ?2)
    )
LIMIT ?3
