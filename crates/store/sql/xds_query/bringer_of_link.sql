SELECT o.id, o.facility_id
FROM association a
JOIN submission_set s ON s.id = a.submission_set_id
JOIN source o ON o.id = coalesce(s.source_id,
    (SELECT min(d.source_id) FROM document d WHERE d.submission_set_id = s.id))
WHERE a.id = ?1
