SELECT id FROM folder WHERE entry_uuid = ?1
