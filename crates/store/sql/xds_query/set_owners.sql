SELECT s.id, s.entry_uuid, s.identity_id, i.person_id
FROM submission_set s
JOIN identity i ON i.id = s.identity_id
WHERE s.id IN @IN_INTS(?1)
ORDER BY s.id
