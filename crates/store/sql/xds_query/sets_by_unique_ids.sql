SELECT id FROM submission_set WHERE unique_id IN @IN_TEXTS(?1) ORDER BY id
