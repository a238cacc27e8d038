SELECT d.id, d.unique_id, d.identity_id, d.source_id, d.item_id, d.sent, d.version_state,
    d.deleted_us, d.category, d.mime_type, d.service_start_us, d.size, d.sha256, d.in_objects,
    d.flags, d.text_verdict, d.metadata, d.created_us, i.data_type, i.care_date, i.order_key,
    d.restricted
FROM document d
LEFT JOIN item i ON i.id = d.item_id
WHERE d.id = ?1
