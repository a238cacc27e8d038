INSERT INTO instance_header (series_id, instance_id, json)
VALUES (?1, ?2, ?3)
ON CONFLICT DO NOTHING
