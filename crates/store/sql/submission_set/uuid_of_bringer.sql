-- The set whose HasMember to a document has no row.
SELECT s.entry_uuid
FROM document d
JOIN submission_set s ON s.id = d.submission_set_id
WHERE d.id = ?1 AND d.member_implied = 1
