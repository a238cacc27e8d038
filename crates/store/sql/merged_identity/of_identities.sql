SELECT m.identity_id, m.into_identity_id, i.local_id, m.sent, m.event_id, m.link_event_id
FROM merged_identity m
JOIN identity i ON i.id = m.into_identity_id
WHERE m.identity_id IN @IN_INTS(?1)
ORDER BY m.identity_id
