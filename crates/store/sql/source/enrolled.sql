-- The local IDs that a pull of a source may look for, a page at a time.
SELECT i.local_id
FROM identity i JOIN enrolment e ON e.identity_id = i.id
WHERE i.domain_id = ?1 AND e.withdrawn_us IS NULL AND e.suspended_us IS NULL AND i.local_id > ?2
ORDER BY i.local_id
LIMIT ?3
