SELECT n.oid AS domain, i.local_id, i.demographics, i.demographics_sent, i.authoritative, i.said,
    i.birth_day, i.sex,
    CASE WHEN e.identity_id IS NULL THEN 0 ELSE 1 END AS is_enrolled,
    CASE WHEN e.withdrawn_us IS NULL THEN 0 ELSE 1 END AS is_withdrawn,
    CASE WHEN e.suspended_us IS NULL THEN 0 ELSE 1 END AS is_suspended
FROM identity i
JOIN domain n ON n.id = i.domain_id
LEFT JOIN enrolment e ON e.identity_id = i.id
