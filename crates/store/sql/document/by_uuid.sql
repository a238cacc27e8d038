SELECT d.id, d.identity_id, i.person_id, d.availability, d.item_id, d.object_type
FROM document d
JOIN identity i ON i.id = d.identity_id
WHERE d.entry_uuid = ?1
