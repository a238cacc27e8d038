-- Rows that share a uniqueId share their bytes.
SELECT d.id, d.unique_id, d.mime_type, d.size, d.sha256, d.in_objects, b.bytes
FROM document d
LEFT JOIN document_bytes b ON b.document_id = d.id
WHERE d.unique_id = ?1 AND d.held = 1
ORDER BY d.id DESC
LIMIT 1
