-- Each entry of a uniqueId, at the latest version of its metadata.
SELECT d.logical_uuid, d.object_type, d.size, d.sha256, d.metadata
FROM document d
WHERE d.unique_id = ?1 AND NOT EXISTS (
    SELECT 1 FROM document n
    WHERE n.unique_id = d.unique_id AND n.logical_uuid = d.logical_uuid
        AND n.metadata_version > d.metadata_version
)
ORDER BY d.id
