INSERT INTO document_bytes (document_id, bytes)
SELECT ?2, bytes FROM document_bytes WHERE document_id = ?1
