SELECT id FROM document WHERE entry_uuid = ?1
