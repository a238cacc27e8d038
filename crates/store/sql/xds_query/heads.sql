-- Whose a document is and who disclosed it, without its metadata.
SELECT d.id, d.entry_uuid, d.identity_id, i.person_id, s.facility_id, d.category,
    d.submission_set_id, d.member_implied, d.restricted, d.source_id,
    CASE WHEN s.kind <> 'xds' THEN 1 ELSE 0 END AS of_storage
FROM document d
JOIN identity i ON i.id = d.identity_id
LEFT JOIN source s ON s.id = d.source_id
WHERE d.id IN @IN_INTS(?1)
ORDER BY d.id
