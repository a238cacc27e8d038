SELECT bytes FROM quarantine_bytes WHERE quarantine_id = ?1
