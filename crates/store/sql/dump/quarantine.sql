SELECT s.name AS source, q.place, q.patient_id, q.reason, q.detail, q.size, q.sha256,
    octet_length(b.bytes) AS bytes_here
FROM quarantine q
JOIN source s ON s.id = q.source_id
LEFT JOIN quarantine_bytes b ON b.quarantine_id = q.id
