SELECT i.person_id
FROM person p
JOIN identity i ON i.person_id = p.id
WHERE i.id = ?1
@FOR_UPDATE
