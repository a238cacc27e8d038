SELECT identity_id, kind, at_us, document_id, ordinal, source_id, chart_key, status, body,
    restricted
FROM fact
WHERE identity_id IN @IN_INTS(?1) AND kind IN @IN_TEXTS(?2) AND chart_key IN @IN_TEXTS(?3)
ORDER BY identity_id, kind, at_us, document_id, ordinal
