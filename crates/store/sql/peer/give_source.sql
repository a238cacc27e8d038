UPDATE peer SET source_id = ?2 WHERE id = ?1 AND source_id IS NULL
