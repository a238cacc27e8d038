DELETE FROM intake_file
WHERE patient_id = ?2 AND path = ?3
    AND source_id IN (SELECT id FROM source WHERE domain_id = ?1)
