SELECT DISTINCT f.id, f.entry_uuid
FROM association a
JOIN folder f ON f.id = a.source_id
WHERE a.target_kind = 1 AND a.target_id = ?1 AND a.source_kind = 3
    AND a.association_type = 'HasMember' AND a.availability = 1 AND f.availability = 1
ORDER BY f.id
