INSERT INTO quarantine (source_id, place, patient_id, reason, detail, size, sha256,
    modified_us, attempts, first_us, last_us)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 1, ?9, ?9)
ON CONFLICT (source_id, place) DO UPDATE SET
    patient_id = excluded.patient_id,
    reason = excluded.reason,
    detail = excluded.detail,
    size = excluded.size,
    sha256 = excluded.sha256,
    modified_us = excluded.modified_us,
    attempts = quarantine.attempts + 1,
    last_us = excluded.last_us
RETURNING id
