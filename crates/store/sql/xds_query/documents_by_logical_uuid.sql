-- The first version has its own entryUUID as logicalID.
SELECT id FROM document WHERE entry_uuid = ?1 AND metadata_version = 1
UNION
SELECT id FROM document WHERE logical_uuid = ?1 AND metadata_version > 1
ORDER BY id
