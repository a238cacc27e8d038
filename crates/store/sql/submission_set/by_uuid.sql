SELECT s.id, s.identity_id, i.person_id
FROM submission_set s
JOIN identity i ON i.id = s.identity_id
WHERE s.entry_uuid = ?1
