INSERT INTO series (study_id, series_instance_uid,
    series_number, modality, description, body_part, laterality, protocol, series_date, series_time,
    institution, station, manufacturer, device_model, frame_of_reference_uid, character_set,
    text_verdict,
    instance_count, total_bytes, created_us, updated_us)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12,
    ?13, ?14, ?15, ?16, ?17, 0, 0, ?18, ?18)
ON CONFLICT DO NOTHING
RETURNING id
