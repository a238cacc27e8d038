SELECT o.id, o.facility_id
FROM association a
JOIN submission_set s ON s.id = a.source_id
JOIN source o ON o.id = coalesce(s.source_id,
    (SELECT min(d.source_id) FROM document d WHERE d.submission_set_id = s.id))
WHERE a.target_kind = 3 AND a.target_id = ?1 AND a.source_kind = 2 AND a.original = 1
ORDER BY a.id
LIMIT 1
