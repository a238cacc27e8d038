SELECT DISTINCT f.id, f.entry_uuid, f.unique_id, f.availability, f.last_update_us, f.metadata,
    p.community_id
FROM association a
JOIN folder f ON f.id = a.source_id
JOIN identity i ON i.id = f.identity_id
JOIN person p ON p.id = i.person_id
WHERE a.target_kind = 1 AND a.target_id = ?1 AND a.source_kind = 3
    AND a.association_type = 'HasMember'
ORDER BY f.id
