-- An image from the middle of a series stands for it; ?2 how many come before.
SELECT id
FROM instance
WHERE series_id = ?1 AND kind = 'image' AND latest = 1 AND hidden_us IS NULL
ORDER BY instance_number, id
LIMIT 1 OFFSET ?2
