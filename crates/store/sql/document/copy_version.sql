-- The next version of an entry's metadata: what belongs to the bytes and their origin stays.
INSERT INTO document (entry_uuid, unique_id, identity_id, source_id, item_id, submission_set_id,
    sent, told_state, delete_message, version_state, availability, deleted_us,
    deletion_known_from, category, class_code, type_code, format_code, mime_type,
    service_start_us, service_stop_us, creation_us, size, sha256, in_objects, flags,
    text_verdict, metadata, created_us, object_type, logical_uuid, metadata_version, held,
    repository_oid, member_implied, rules_version, restricted)
SELECT ?2, d.unique_id, d.identity_id, d.source_id, ?3, ?4, d.sent, ?5, d.delete_message, ?6, 1,
    d.deleted_us, d.deletion_known_from, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?17, d.sha256,
    d.in_objects, d.flags, d.text_verdict, ?15, ?16, d.object_type, d.logical_uuid,
    d.metadata_version + 1, d.held, ?18, 0, d.rules_version, ?19
FROM document d
WHERE d.id = ?1
RETURNING id
