SELECT item_id, told_state, version_state, source_id, sha256, held,
    CASE WHEN EXISTS (SELECT 1 FROM timeline_entry t WHERE t.document_id = document.id)
        THEN 1 ELSE 0 END AS on_timeline,
    CASE WHEN EXISTS (SELECT 1 FROM fact f WHERE f.document_id = document.id)
        THEN 1 ELSE 0 END AS with_facts,
    flags, category
FROM document
WHERE id = ?1
