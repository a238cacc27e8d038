-- ?1 identity, ?2 document, ?3 source, then six of each fact. Who may see it, its document says.
INSERT INTO fact (identity_id, document_id, source_id, kind, at_us, ordinal, chart_key, status,
    body, restricted)
VALUES
    (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9,
        COALESCE((SELECT d.restricted FROM document d WHERE d.id = ?2), 0))
