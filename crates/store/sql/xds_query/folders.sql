SELECT f.id, f.entry_uuid, f.unique_id, f.availability, f.last_update_us, f.metadata,
    p.community_id, f.identity_id, i.person_id
FROM folder f
JOIN identity i ON i.id = f.identity_id
JOIN person p ON p.id = i.person_id
WHERE f.id IN @IN_INTS(?1)
ORDER BY f.id
