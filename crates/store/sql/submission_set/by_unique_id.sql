SELECT id FROM submission_set WHERE unique_id = ?1
