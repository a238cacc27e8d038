SELECT id FROM document WHERE unique_id = ?1 ORDER BY id
