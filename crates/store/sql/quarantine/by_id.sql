SELECT q.id, q.source_id, s.name, q.place, q.patient_id, q.reason, q.detail, q.size, q.sha256,
    q.modified_us, q.attempts, q.first_us, q.last_us
FROM quarantine q JOIN source s ON s.id = q.source_id
WHERE q.id = ?1
