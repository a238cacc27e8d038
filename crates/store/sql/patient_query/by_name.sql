SELECT DISTINCT i.person_id
FROM identity_token t
JOIN identity i ON i.id = t.identity_id
WHERE @STARTS_WITH(t.token, ?1) AND i.person_id > ?2
ORDER BY i.person_id
LIMIT ?3
