UPDATE series SET
    instance_count = (SELECT count(*) FROM instance i
        WHERE i.series_id = series.id AND i.latest = 1 AND i.hidden_us IS NULL),
    total_bytes = (SELECT CAST(coalesce(sum(i.size), 0) AS BIGINT) FROM instance i
        WHERE i.series_id = series.id AND i.latest = 1 AND i.hidden_us IS NULL)
WHERE study_id = ?1
