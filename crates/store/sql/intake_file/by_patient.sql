SELECT path, size, modified_us, outcome, unique_id
FROM intake_file WHERE source_id = ?1 AND patient_id = ?2 ORDER BY path
