-- Counts what is shown anew, after instances were hidden.
UPDATE study SET
    series_count = (SELECT count(DISTINCT i.series_id) FROM instance i
        WHERE i.study_id = study.id AND i.latest = 1 AND i.hidden_us IS NULL),
    instance_count = (SELECT count(*) FROM instance i
        WHERE i.study_id = study.id AND i.latest = 1 AND i.hidden_us IS NULL),
    image_count = (SELECT count(*) FROM instance i
        WHERE i.study_id = study.id AND i.latest = 1 AND i.hidden_us IS NULL AND i.kind = 'image'),
    total_bytes = (SELECT CAST(coalesce(sum(i.size), 0) AS BIGINT) FROM instance i
        WHERE i.study_id = study.id AND i.latest = 1 AND i.hidden_us IS NULL),
    revision = revision + 1,
    updated_us = ?2
WHERE id = ?1
