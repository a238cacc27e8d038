SELECT l.id, i.person_id, l.in_objects, l.sha256, l.identity_id, l.source_id, s.facility_id,
    l.category, l.restricted
FROM left_document l
JOIN identity i ON i.id = l.identity_id
LEFT JOIN source s ON s.id = l.source_id
WHERE l.unique_id = ?1
ORDER BY l.id
