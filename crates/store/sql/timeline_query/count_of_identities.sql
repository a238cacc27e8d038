SELECT identity_id, COUNT(*) AS entries
FROM timeline_entry
WHERE identity_id IN @IN_INTS(?1)
GROUP BY identity_id
ORDER BY identity_id
