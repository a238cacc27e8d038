-- Several rows may share a uniqueId, all with the same bytes: the one that is a version of a
-- storage's item speaks for them, else the newest.
SELECT id, entry_uuid, identity_id, item_id, submission_set_id, size, sha256, told_state,
    availability, held
FROM document
WHERE unique_id = ?1
ORDER BY item_id NULLS LAST, id DESC
LIMIT 1
