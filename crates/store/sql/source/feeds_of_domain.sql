SELECT DISTINCT s.feed_enrolment
FROM source s JOIN domain d ON d.id = s.domain_id
WHERE d.oid = ?1 AND s.feed_enrolment <> ''
ORDER BY s.feed_enrolment
