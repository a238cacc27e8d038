-- Of each series of a study what is shown of its pictures: how many, frames counted, and the one
-- that stands for it.
SELECT s.id,
    (SELECT count(*) FROM instance i
        WHERE i.series_id = s.id AND i.kind = 'image' AND i.latest = 1 AND i.hidden_us IS NULL),
    (SELECT CAST(coalesce(sum(i.frames), 0) AS BIGINT) FROM instance i
        WHERE i.series_id = s.id AND i.kind = 'image' AND i.latest = 1 AND i.hidden_us IS NULL),
    (SELECT i.sop_instance_uid FROM instance i
        WHERE i.series_id = s.id AND i.kind = 'image' AND i.latest = 1 AND i.hidden_us IS NULL
        ORDER BY CASE WHEN i.id = s.thumbnail_instance_id THEN 0 ELSE 1 END, i.instance_number, i.id
        LIMIT 1)
FROM series s
WHERE s.study_id = ?1
ORDER BY s.id
