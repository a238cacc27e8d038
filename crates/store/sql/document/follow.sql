-- The attachments of a version, which came with it and are no items by themselves, take its
-- state. What a peer appended hangs off another identity and keeps its own.
UPDATE document
SET (told_state, version_state, availability, deleted_us, deletion_known_from) = (
    SELECT p.told_state, p.version_state, p.availability, p.deleted_us, p.deletion_known_from
    FROM document p WHERE p.id = ?1
)
WHERE item_id IS NULL AND source_id IS NOT NULL
    AND identity_id = (SELECT p.identity_id FROM document p WHERE p.id = ?1) AND id IN (
    SELECT a.source_id FROM association a
    WHERE a.target_kind = 1 AND a.target_id = ?1 AND a.source_kind = 1
        AND a.association_type = 'APND'
)
