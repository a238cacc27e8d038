-- The documents that a set brought with no row for its HasMember. A set's documents hang off its
-- patient: the index by identity narrows the search.
SELECT d.entry_uuid
FROM submission_set s
JOIN identity i ON i.id = s.identity_id
JOIN identity j ON j.person_id = i.person_id
JOIN document d ON d.identity_id = j.id
WHERE s.id = ?1 AND d.submission_set_id = s.id AND d.member_implied = 1
ORDER BY d.id
