SELECT id, study_id, series_instance_uid, series_number, modality, description, body_part,
    laterality, protocol, series_date, series_time, institution, station, manufacturer,
    device_model, frame_of_reference_uid, character_set, text_verdict, instance_count,
    total_bytes, told_instances, thumbnail_instance_id, created_us, updated_us
FROM series
WHERE study_id = ?1 AND series_instance_uid = ?2
@FOR_UPDATE
