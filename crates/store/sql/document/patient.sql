-- Locks the person and the identity, and nothing else: domain and source are read aside.
SELECT i.id, i.person_id, i.domain_id,
    (SELECT count(*) FROM enrolment e
        WHERE e.identity_id = i.id AND e.withdrawn_us IS NULL AND e.suspended_us IS NULL) AS enrolled,
    (SELECT s.id FROM source s WHERE s.name = ?3) AS source_id,
    (SELECT s.domain_id FROM source s WHERE s.name = ?3) AS source_domain_id
FROM person p
JOIN identity i ON i.person_id = p.id
WHERE i.domain_id = (SELECT d.id FROM domain d WHERE d.oid = ?1) AND i.local_id = ?2
@FOR_UPDATE
