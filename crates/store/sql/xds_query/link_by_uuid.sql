SELECT id FROM association WHERE entry_uuid = ?1
