INSERT INTO submission_set (entry_uuid, unique_id, identity_id, submitted_us, metadata)
VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT DO NOTHING
RETURNING id
