DELETE FROM document_bytes WHERE document_id = ?1
