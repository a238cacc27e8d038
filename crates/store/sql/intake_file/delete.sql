DELETE FROM intake_file WHERE source_id = ?1 AND patient_id = ?2 AND path = ?3
