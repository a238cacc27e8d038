SELECT id
FROM item
WHERE source_id = ?1 AND patient_id = ?2 AND storage = ?3 AND data_type = ?4
    AND care_date = ?5 AND order_key = ?6
