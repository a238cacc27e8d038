-- ?2 the mark of folders that were read to the end, ?3 the reason of what cannot be read.
SELECT s.id,
    CASE WHEN EXISTS (
        SELECT 1 FROM intake_file f
        WHERE f.source_id = s.id AND f.patient_id = i.local_id AND f.path = ?2
    ) THEN 1 ELSE 0 END AS is_read,
    CASE WHEN EXISTS (
        SELECT 1 FROM quarantine q
        WHERE q.source_id = s.id AND q.patient_id = i.local_id AND q.reason = ?3
    ) THEN 1 ELSE 0 END AS is_unreadable
FROM identity i
JOIN source s ON s.domain_id = i.domain_id
WHERE i.id IN @IN_INTS(?1)
ORDER BY s.id, i.id
