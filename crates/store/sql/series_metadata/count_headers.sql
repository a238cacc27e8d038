SELECT h.series_id, count(*) AS waiting
FROM instance_header h
JOIN series s ON s.id = h.series_id
WHERE s.study_id = ?1
GROUP BY h.series_id
ORDER BY h.series_id
