-- The peers' sources that gave something of identities.
SELECT DISTINCT source_id
FROM timeline_entry
WHERE identity_id IN @IN_INTS(?1) AND source_id IN (SELECT s.id FROM source s WHERE s.kind = 'xds')
ORDER BY source_id
