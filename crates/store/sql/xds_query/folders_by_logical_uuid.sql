-- The first version has its own entryUUID as logicalID.
SELECT id FROM folder WHERE entry_uuid = ?1 AND metadata_version = 1
UNION
SELECT id FROM folder WHERE logical_uuid = ?1 AND metadata_version > 1
ORDER BY id
