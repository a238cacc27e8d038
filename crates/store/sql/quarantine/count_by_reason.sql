SELECT reason, count(*) AS n FROM quarantine
WHERE (CAST(?1 AS BIGINT) IS NULL OR source_id = ?1)
GROUP BY reason ORDER BY reason
