INSERT INTO folder (entry_uuid, unique_id, identity_id, availability, last_update_us, metadata)
VALUES (?1, ?2, ?3, 1, ?4, ?5)
ON CONFLICT DO NOTHING
RETURNING id
