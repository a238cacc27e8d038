SELECT identity_id, kind, at_us, document_id, ordinal, source_id, chart_key, status, body,
    restricted
FROM fact
WHERE identity_id IN @IN_INTS(?1) AND kind = 'visit' AND status <> 'cancelled'
    AND (@CONTAINS(body, ?2) OR @CONTAINS(body, ?3))
