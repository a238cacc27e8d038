-- Enrolled patients of a domain of whom a source has more than is here, or was never asked for
-- anything (listed is 0).
SELECT m.local_id, m.listed, m.missing_studies, m.missing_instances
FROM (
    SELECT i.local_id AS local_id,
        CAST(CASE WHEN EXISTS (SELECT 1 FROM intake_file f
            WHERE f.source_id = ?1 AND f.patient_id = i.local_id AND f.path = ?3)
            THEN 1 ELSE 0 END AS BIGINT) AS listed,
        CAST(coalesce(sum(CASE WHEN s.instance_count < coalesce(s.told_instances, 1)
            THEN 1 ELSE 0 END), 0) AS BIGINT) AS missing_studies,
        CAST(coalesce(sum(CASE WHEN s.instance_count < s.told_instances
            THEN s.told_instances - s.instance_count ELSE 0 END), 0) AS BIGINT) AS missing_instances
    FROM identity i JOIN enrolment e ON e.identity_id = i.id
    LEFT JOIN study s ON s.identity_id = i.id AND s.source_id = ?1 AND s.hidden_us IS NULL
        AND s.left_out_by = ''
    WHERE i.domain_id = ?2 AND e.withdrawn_us IS NULL AND e.suspended_us IS NULL
        AND i.local_id > ?4
    GROUP BY i.id, i.local_id
) m
WHERE m.listed = 0 OR m.missing_studies > 0
ORDER BY m.local_id
LIMIT ?5
