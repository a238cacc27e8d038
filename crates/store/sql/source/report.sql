-- What was taken, when, for whom.
SELECT i.patient_id, i.data_type, count(*) AS n,
    min(d.created_us) AS first_us, max(d.created_us) AS last_us
FROM item i JOIN document d ON d.item_id = i.id
WHERE i.source_id = ?1
GROUP BY i.patient_id, i.data_type
ORDER BY i.patient_id, i.data_type
