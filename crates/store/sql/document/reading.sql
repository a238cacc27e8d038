SELECT d.identity_id, d.source_id, d.item_id, d.sha256, d.flags, d.category, d.rules_version,
    t.taken_us
FROM document d
LEFT JOIN timeline_entry t ON t.document_id = d.id
WHERE d.id = ?1 AND d.held = 1
