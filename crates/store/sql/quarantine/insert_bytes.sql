INSERT INTO quarantine_bytes (quarantine_id, bytes) VALUES (?1, ?2)
ON CONFLICT (quarantine_id) DO UPDATE SET bytes = excluded.bytes
