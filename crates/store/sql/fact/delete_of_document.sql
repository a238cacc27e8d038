DELETE FROM fact WHERE document_id = ?1
