DELETE FROM quarantine_bytes WHERE quarantine_id IN
    (SELECT id FROM quarantine WHERE source_id = ?1 AND place = ?2)
