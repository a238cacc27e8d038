-- For the operator: studies, instances and bytes of a source.
SELECT source_id, count(*) AS studies, CAST(sum(instance_count) AS BIGINT) AS instances,
    CAST(sum(total_bytes) AS BIGINT) AS bytes,
    CAST(sum(CASE WHEN instance_count = 0 THEN 1 ELSE 0 END) AS BIGINT) AS known_only,
    CAST(sum(CASE WHEN disappeared_us IS NULL THEN 0 ELSE 1 END) AS BIGINT) AS disappeared
FROM study
GROUP BY source_id
ORDER BY source_id
