-- Locks the person and the identity of a community ID. It takes part while another identity of
-- the person does.
SELECT i.id, i.person_id, i.domain_id,
    (SELECT count(*) FROM enrolment e JOIN identity o ON o.id = e.identity_id
        WHERE o.person_id = i.person_id AND e.withdrawn_us IS NULL AND e.suspended_us IS NULL) AS enrolled
FROM person p
JOIN identity i ON i.person_id = p.id
WHERE i.domain_id = (SELECT d.id FROM domain d WHERE d.oid = ?1) AND i.local_id = ?2
@FOR_UPDATE
