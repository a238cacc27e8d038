-- The documents that are manifests of studies of some identities.
SELECT d.id, s.id
FROM study s JOIN document d ON d.unique_id = s.manifest_unique_id AND d.identity_id = s.identity_id
WHERE s.identity_id IN @IN_INTS(?1) AND s.manifest_unique_id <> ''
ORDER BY d.id
