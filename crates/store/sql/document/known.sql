SELECT id, entry_uuid, identity_id, item_id, submission_set_id, size, sha256, told_state,
    availability
FROM document
WHERE unique_id = ?1
