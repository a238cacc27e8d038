-- An earlier version of an entry's metadata opens nothing. The version of a storage's item comes
-- first, then the newest.
SELECT d.id
FROM document d
WHERE d.unique_id = ?1 AND d.held = 1 AND NOT EXISTS (
    SELECT 1 FROM document n
    WHERE n.unique_id = d.unique_id AND n.logical_uuid = d.logical_uuid
        AND n.metadata_version > d.metadata_version
)
ORDER BY d.item_id NULLS LAST, d.id DESC
