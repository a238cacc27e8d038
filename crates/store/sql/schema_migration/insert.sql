INSERT INTO schema_migration (name, sha256) VALUES (?1, ?2)
