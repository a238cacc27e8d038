UPDATE submission_set SET source_id = ?2 WHERE id = ?1
