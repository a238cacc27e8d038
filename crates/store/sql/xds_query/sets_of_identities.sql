SELECT id
FROM submission_set
WHERE identity_id IN @IN_INTS(?1) AND submitted_us >= ?2 AND submitted_us < ?3
ORDER BY id
