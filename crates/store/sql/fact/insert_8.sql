-- ?1 identity, ?2 document, ?3 source, then six of each fact. Who may see it, its document says.
INSERT INTO fact (identity_id, document_id, source_id, kind, at_us, ordinal, chart_key, status,
    body, restricted)
VALUES
    (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9,
        COALESCE((SELECT d.restricted FROM document d WHERE d.id = ?2), 0)),
    (?1, ?2, ?3, ?10, ?11, ?12, ?13, ?14, ?15,
        COALESCE((SELECT d.restricted FROM document d WHERE d.id = ?2), 0)),
    (?1, ?2, ?3, ?16, ?17, ?18, ?19, ?20, ?21,
        COALESCE((SELECT d.restricted FROM document d WHERE d.id = ?2), 0)),
    (?1, ?2, ?3, ?22, ?23, ?24, ?25, ?26, ?27,
        COALESCE((SELECT d.restricted FROM document d WHERE d.id = ?2), 0)),
    (?1, ?2, ?3, ?28, ?29, ?30, ?31, ?32, ?33,
        COALESCE((SELECT d.restricted FROM document d WHERE d.id = ?2), 0)),
    (?1, ?2, ?3, ?34, ?35, ?36, ?37, ?38, ?39,
        COALESCE((SELECT d.restricted FROM document d WHERE d.id = ?2), 0)),
    (?1, ?2, ?3, ?40, ?41, ?42, ?43, ?44, ?45,
        COALESCE((SELECT d.restricted FROM document d WHERE d.id = ?2), 0)),
    (?1, ?2, ?3, ?46, ?47, ?48, ?49, ?50, ?51,
        COALESCE((SELECT d.restricted FROM document d WHERE d.id = ?2), 0))
