SELECT i.id, i.domain_id, d.oid, i.local_id, i.person_id, i.demographics, i.demographics_sent,
    i.authoritative, i.said, e.enrolled_us, e.withdrawn_us, d.affinity, e.suspended_us
FROM identity i
JOIN domain d ON d.id = i.domain_id
LEFT JOIN enrolment e ON e.identity_id = i.id
WHERE i.id IN @IN_INTS(?1)
ORDER BY i.id
