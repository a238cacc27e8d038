INSERT INTO removed_object (entry_uuid, removed_us)
VALUES (?1, ?2)
ON CONFLICT DO NOTHING
