-- Enrolled patients of a domain whose studies a source was never asked for.
SELECT count(*) AS patients
FROM identity i JOIN enrolment e ON e.identity_id = i.id
WHERE i.domain_id = ?2 AND e.withdrawn_us IS NULL AND e.suspended_us IS NULL
    AND NOT EXISTS (SELECT 1 FROM intake_file f
        WHERE f.source_id = ?1 AND f.patient_id = i.local_id AND f.path = ?3)
