-- Everybody of the persons of some identities, and what put them there.
SELECT i.person_id, i.id, a.unit, a.event_id, a.model
FROM identity i
JOIN domain d ON d.id = i.domain_id AND d.affinity = 0
LEFT JOIN link_automatic a ON a.identity_id = i.id
WHERE i.person_id IN (SELECT named.person_id FROM identity named WHERE named.id IN @IN_INTS(?1))
ORDER BY i.person_id, i.id
