SELECT f.id, f.identity_id, i.person_id, f.availability
FROM folder f
JOIN identity i ON i.id = f.identity_id
WHERE f.entry_uuid = ?1
