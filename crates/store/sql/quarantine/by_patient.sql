SELECT place, reason FROM quarantine WHERE source_id = ?1 AND patient_id = ?2 ORDER BY place
