SELECT i.person_id, i.id, i.domain_id, i.birth_day
FROM domain d
JOIN identity i ON i.domain_id = d.id AND i.local_id = ?4
JOIN enrolment e ON e.identity_id = i.id AND e.withdrawn_us IS NULL AND e.suspended_us IS NULL
WHERE EXISTS (
        SELECT 1 AS permitted FROM consent c
        WHERE c.viewer_facility_id = ?1 AND c.person_id = i.person_id AND c.permit = 1
            AND c.withdrawn_us IS NULL AND c.from_us <= ?2 AND (c.until_us IS NULL OR c.until_us > ?2)
    )
LIMIT ?3
