SELECT d.id, d.unique_id, d.mime_type, d.size, d.sha256, d.in_objects, b.bytes
FROM document d
LEFT JOIN document_bytes b ON b.document_id = d.id
WHERE d.id = ?1 AND d.held = 1
