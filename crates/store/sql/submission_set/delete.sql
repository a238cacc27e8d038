DELETE FROM submission_set WHERE id = ?1
