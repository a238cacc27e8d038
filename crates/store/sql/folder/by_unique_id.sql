SELECT id FROM folder WHERE unique_id = ?1 ORDER BY id
