SELECT identity_id, kind, at_us, document_id, ordinal, source_id, chart_key, status, body,
    restricted
FROM fact
WHERE document_id = ?1
ORDER BY ordinal
