SELECT count(*) AS open, CAST(coalesce(sum(alarm), 0) AS BIGINT) AS alarms
FROM link_review
WHERE state = 'open'
