INSERT INTO series_metadata (series_id, part, instance_count, json)
VALUES (?1, ?2, ?3, ?4)
