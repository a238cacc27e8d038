SELECT id FROM folder WHERE unique_id = ?1
