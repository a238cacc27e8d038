DELETE FROM left_document WHERE id = ?1
