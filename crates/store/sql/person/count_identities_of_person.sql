-- The identity of the community ID itself does not count: it is derived.
SELECT COUNT(*) AS identities
FROM identity i
JOIN domain d ON d.id = i.domain_id
WHERE i.person_id = ?1 AND d.affinity = 0
