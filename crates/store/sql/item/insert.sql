INSERT INTO item (source_id, patient_id, storage, data_type, care_date, order_key, identity_id)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
ON CONFLICT (source_id, patient_id, storage, data_type, care_date, order_key) DO NOTHING
RETURNING id
