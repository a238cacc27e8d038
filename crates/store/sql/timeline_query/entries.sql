SELECT identity_id, at_us, document_id, day, source_id, category, label, item_count, abnormal,
    department, inpatient, until_us, until_day, content_key, taken_us,
    restricted
FROM timeline_entry
WHERE identity_id IN @IN_INTS(?1)
