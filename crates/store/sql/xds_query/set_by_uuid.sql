SELECT id FROM submission_set WHERE entry_uuid = ?1
