-- What the peers' sources gave of identities, and when the last of each kind came.
SELECT source_id, category, restricted, max(taken_us) AS taken_us
FROM timeline_entry
WHERE identity_id IN @IN_INTS(?1) AND source_id IN (SELECT s.id FROM source s WHERE s.kind = 'xds')
GROUP BY source_id, category, restricted
ORDER BY source_id, category, restricted
