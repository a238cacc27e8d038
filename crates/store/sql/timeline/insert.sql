INSERT INTO timeline_entry (identity_id, at_us, document_id, day, source_id, category, label,
    item_count, abnormal, department, inpatient, until_us, until_day, content_key, taken_us,
    restricted)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15,
    COALESCE((SELECT d.restricted FROM document d WHERE d.id = ?3), 0))
