SELECT id, entry_uuid, unique_id, identity_id, source_id, submission_set_id, sent, told_state,
    delete_message, version_state, deleted_us, deletion_known_from, flags, created_us, sha256
FROM document
WHERE item_id = ?1
ORDER BY id
