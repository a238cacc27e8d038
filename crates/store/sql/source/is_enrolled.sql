SELECT i.local_id
FROM identity i JOIN enrolment e ON e.identity_id = i.id
WHERE i.domain_id = ?1 AND i.local_id = ?2 AND e.withdrawn_us IS NULL AND e.suspended_us IS NULL
