INSERT INTO intake_file (source_id, patient_id, path, size, modified_us, outcome, unique_id)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
ON CONFLICT (source_id, patient_id, path) DO UPDATE SET
    size = excluded.size,
    modified_us = excluded.modified_us,
    outcome = excluded.outcome,
    unique_id = excluded.unique_id
