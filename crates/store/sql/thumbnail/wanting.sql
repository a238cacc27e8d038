-- Series of a study whose thumbnail is still to be made.
SELECT s.id, s.thumbnail_instance_id, s.instance_count
FROM series s
LEFT JOIN thumbnail t ON t.instance_id = s.thumbnail_instance_id
WHERE s.study_id = ?1 AND s.instance_count > 0 AND t.instance_id IS NULL
ORDER BY s.id
