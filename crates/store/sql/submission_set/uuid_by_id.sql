SELECT entry_uuid FROM submission_set WHERE id = ?1
