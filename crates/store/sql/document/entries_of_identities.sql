-- An empty list of codes is no condition; a missing service time never excludes, nor does the
-- creation time of an on-demand entry.
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
WHERE d.identity_id IN @IN_INTS(?1)
    AND d.availability IN @IN_INTS(?2)
    AND (?3 = '[]' OR d.class_code IN @IN_TEXTS(?3))
    AND (?4 = '[]' OR d.type_code IN @IN_TEXTS(?4))
    AND (?5 = '[]' OR d.format_code IN @IN_TEXTS(?5))
    AND (d.object_type = 2 OR (d.creation_us >= ?6 AND d.creation_us < ?7))
    AND (d.service_start_us IS NULL OR (d.service_start_us >= ?8 AND d.service_start_us < ?9))
    AND (d.service_stop_us IS NULL OR (d.service_stop_us >= ?10 AND d.service_stop_us < ?11))
