INSERT INTO source_root (source_id, role, ordinal, path) VALUES (?1, ?2, ?3, ?4)
