-- What an entry is, decides who may see each of its versions.
UPDATE document SET category = ?3
WHERE unique_id = ?1 AND logical_uuid = ?2 AND category <> ?3
