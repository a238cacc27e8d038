-- Rows that share a uniqueId share their bytes: the last of them leaves them behind.
INSERT INTO left_document (unique_id, identity_id, mime_type, size, sha256, in_objects, bytes,
    removed_us, source_id, category, restricted)
SELECT d.unique_id, d.identity_id, d.mime_type, d.size, d.sha256, d.in_objects, b.bytes, ?2,
    d.source_id, d.category, d.restricted
FROM document d
LEFT JOIN document_bytes b ON b.document_id = d.id
WHERE d.id = ?1 AND d.held = 1 AND NOT EXISTS (
    SELECT 1 FROM document o WHERE o.unique_id = d.unique_id AND o.held = 1 AND o.id <> d.id
)
