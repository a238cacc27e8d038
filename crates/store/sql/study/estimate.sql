-- What a source says it has of the enrolled patients of its domain, and how much of that is here.
-- Studies that are hidden or left out are not missed.
SELECT count(*) AS studies,
    CAST(coalesce(sum(coalesce(s.told_instances, s.instance_count)), 0) AS BIGINT) AS told,
    CAST(coalesce(sum(s.instance_count), 0) AS BIGINT) AS held,
    CAST(coalesce(sum(CASE WHEN s.instance_count < coalesce(s.told_instances, 1) THEN 1 ELSE 0 END), 0)
        AS BIGINT) AS missing_studies,
    CAST(coalesce(sum(CASE WHEN s.instance_count < s.told_instances
        THEN s.told_instances - s.instance_count ELSE 0 END), 0) AS BIGINT) AS missing_instances
FROM study s JOIN identity i ON i.id = s.identity_id JOIN enrolment e ON e.identity_id = i.id
WHERE s.source_id = ?1 AND i.domain_id = ?2 AND e.withdrawn_us IS NULL AND e.suspended_us IS NULL
    AND s.hidden_us IS NULL AND s.left_out_by = ''
