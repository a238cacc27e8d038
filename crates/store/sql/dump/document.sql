SELECT d.unique_id, n.oid AS domain, i.local_id, coalesce(s.name, '') AS source,
    t.patient_id, t.storage, t.data_type, t.care_date, t.order_key,
    d.sent, d.told_state, d.delete_message, d.version_state, d.availability,
    CASE WHEN d.deleted_us IS NULL THEN 0 ELSE 1 END AS is_deleted, d.deletion_known_from,
    d.category, d.class_code, d.type_code, d.format_code, d.mime_type,
    d.service_start_us, d.service_stop_us, d.creation_us,
    d.size, d.sha256, d.in_objects, octet_length(b.bytes) AS bytes_here,
    d.flags, d.text_verdict, u.unique_id AS submission_set, d.metadata
FROM document d
JOIN identity i ON i.id = d.identity_id
JOIN domain n ON n.id = i.domain_id
JOIN submission_set u ON u.id = d.submission_set_id
LEFT JOIN source s ON s.id = d.source_id
LEFT JOIN item t ON t.id = d.item_id
LEFT JOIN document_bytes b ON b.document_id = d.id
