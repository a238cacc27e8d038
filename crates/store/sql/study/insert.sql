INSERT INTO study (identity_id, source_id, study_instance_uid,
    study_date, study_time, started_us, day, description, accession_number, local_study_id,
    referring_physician, institution, patient_id, patient_name, patient_birth_date, patient_sex,
    modalities, body_parts, sop_classes, character_set, text_verdict,
    series_count, instance_count, image_count, variant_count, total_bytes, hidden_reason,
    left_out_by, restricted, revision, manifest_unique_id, manifest_revision, rules_version,
    created_us, updated_us)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11,
    ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21,
    0, 0, 0, 0, 0, '', '', 0, 0, '', 0, ?22, ?23, ?23)
ON CONFLICT DO NOTHING
RETURNING id
