-- What an entry's latest metadata say of who may have its bytes holds for the versions before.
UPDATE document
SET restricted = ?2
WHERE unique_id = (SELECT d.unique_id FROM document d WHERE d.id = ?1)
    AND logical_uuid = (SELECT d.logical_uuid FROM document d WHERE d.id = ?1)
