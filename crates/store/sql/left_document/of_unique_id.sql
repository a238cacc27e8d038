SELECT l.id, i.person_id, l.in_objects, l.sha256
FROM left_document l
JOIN identity i ON i.id = l.identity_id
WHERE l.unique_id = ?1
ORDER BY l.id
