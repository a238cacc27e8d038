-- The thumbnail that stands for a series.
SELECT t.instance_id, t.jpeg, t.failure
FROM series s
JOIN thumbnail t ON t.instance_id = s.thumbnail_instance_id
WHERE s.id = ?1
