SELECT d.id, d.entry_uuid, d.unique_id, d.mime_type, d.class_code, d.type_code, d.format_code,
    d.creation_us, d.service_start_us, d.service_stop_us, d.size, i.local_id, m.oid, s.name,
    t.storage, t.data_type, t.care_date, t.order_key, d.sent, d.told_state, d.delete_message,
    d.availability, d.version_state, d.deleted_us, d.deletion_known_from, d.flags, d.sha256,
    d.created_us, p.id AS person_id, p.community_id, d.metadata, d.identity_id, s.facility_id,
    d.category, d.submission_set_id, d.member_implied, d.restricted
FROM document d
JOIN identity i ON i.id = d.identity_id
JOIN domain m ON m.id = i.domain_id
JOIN person p ON p.id = i.person_id
LEFT JOIN source s ON s.id = d.source_id
LEFT JOIN item t ON t.id = d.item_id
WHERE d.id IN @IN_INTS(?1)
ORDER BY d.id
