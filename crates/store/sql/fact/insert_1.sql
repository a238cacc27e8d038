-- ?1 identity, ?2 document, ?3 source, then six of each fact.
INSERT INTO fact (identity_id, document_id, source_id, kind, at_us, ordinal, chart_key, status,
    body)
VALUES
    (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
