SELECT s.id, s.entry_uuid, s.unique_id, s.submitted_us, s.metadata, i.person_id,
    p.community_id
FROM submission_set s
JOIN identity i ON i.id = s.identity_id
JOIN person p ON p.id = i.person_id
WHERE s.id IN @IN_INTS(?1)
ORDER BY s.id
