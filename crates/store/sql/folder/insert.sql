INSERT INTO folder (entry_uuid, unique_id, identity_id, availability, last_update_us, metadata,
    logical_uuid, metadata_version)
VALUES (?1, ?2, ?3, 1, ?4, ?5, ?6, ?7)
ON CONFLICT DO NOTHING
RETURNING id
