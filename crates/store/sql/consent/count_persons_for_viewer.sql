SELECT COUNT(DISTINCT c.person_id) AS persons
FROM consent c
WHERE c.viewer_facility_id = ?1 AND c.permit = 1 AND c.withdrawn_us IS NULL
    AND c.from_us <= ?2 AND (c.until_us IS NULL OR c.until_us > ?2)
