SELECT count(*) AS n
FROM identity i JOIN enrolment e ON e.identity_id = i.id
WHERE i.domain_id = ?1 AND e.withdrawn_us IS NULL AND e.suspended_us IS NULL
