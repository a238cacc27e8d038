-- ?1 source and ?2 reason may be NULL: any. A page begins after id ?3.
SELECT q.id, q.source_id, s.name, q.place, q.patient_id, q.reason, q.detail, q.size, q.sha256,
    q.modified_us, q.attempts, q.first_us, q.last_us
FROM quarantine q JOIN source s ON s.id = q.source_id
WHERE (CAST(?1 AS BIGINT) IS NULL OR q.source_id = ?1)
    AND (CAST(?2 AS TEXT) IS NULL OR q.reason = ?2)
    AND q.id > ?3
ORDER BY q.id
LIMIT ?4
