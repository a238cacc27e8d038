SELECT o.id, o.facility_id
FROM submission_set s
JOIN source o ON o.id = coalesce(s.source_id,
    (SELECT min(d.source_id) FROM document d WHERE d.submission_set_id = s.id))
WHERE s.id = ?1
