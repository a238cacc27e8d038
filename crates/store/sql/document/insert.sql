INSERT INTO document (entry_uuid, unique_id, identity_id, source_id, item_id, submission_set_id,
    sent, told_state, delete_message, version_state, availability, deleted_us,
    deletion_known_from, category, class_code, type_code, format_code, mime_type,
    service_start_us, service_stop_us, creation_us, size, sha256, in_objects, flags,
    text_verdict, metadata, created_us, object_type, logical_uuid, metadata_version, held,
    repository_oid, member_implied, rules_version, restricted)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19,
    ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31, ?32, ?33, ?34, ?35,
    ?36)
ON CONFLICT DO NOTHING
RETURNING id
