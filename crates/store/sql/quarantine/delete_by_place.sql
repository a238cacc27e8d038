DELETE FROM quarantine WHERE source_id = ?1 AND place = ?2
