INSERT INTO association (entry_uuid, association_type, source_kind, source_id, target_kind,
    target_id, original, submission_set_id, availability, details)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 1, ?9)
ON CONFLICT (entry_uuid) DO NOTHING
RETURNING id
