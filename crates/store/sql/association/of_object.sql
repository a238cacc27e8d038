SELECT a.id, a.entry_uuid, a.association_type, a.original,
    a.source_kind, a.target_kind,
    coalesce(
        (SELECT d.entry_uuid FROM document d WHERE d.id = a.source_id AND a.source_kind = 1),
        (SELECT s.entry_uuid FROM submission_set s WHERE s.id = a.source_id AND a.source_kind = 2),
        (SELECT f.entry_uuid FROM folder f WHERE f.id = a.source_id AND a.source_kind = 3)
    ) AS source_uuid,
    coalesce(
        (SELECT d.entry_uuid FROM document d WHERE d.id = a.target_id AND a.target_kind = 1),
        (SELECT f.entry_uuid FROM folder f WHERE f.id = a.target_id AND a.target_kind = 3),
        (SELECT h.entry_uuid FROM association h WHERE h.id = a.target_id AND a.target_kind = 4)
    ) AS target_uuid,
    a.availability, a.details
FROM association a
WHERE (a.source_kind = ?1 AND a.source_id = ?2) OR (a.target_kind = ?1 AND a.target_id = ?2)
ORDER BY a.id
