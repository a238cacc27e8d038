-- Those of some patients whose places in a source were once read to the end.
SELECT patient_id FROM intake_file
WHERE source_id = ?1 AND path = ?2 AND patient_id IN @IN_TEXTS(?3)
ORDER BY patient_id
