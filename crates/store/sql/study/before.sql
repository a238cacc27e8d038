SELECT id, identity_id, source_id, study_instance_uid, study_date, study_time, started_us, day,
    description, accession_number, local_study_id, referring_physician, institution,
    patient_id, patient_name, patient_birth_date, patient_sex, modalities, body_parts,
    sop_classes, character_set, text_verdict, series_count, instance_count, image_count,
    variant_count, total_bytes, told_series, told_instances, told_us, wanted_us, fetching_us,
    disappeared_us, hidden_us, hidden_reason, left_out_by, copy_of, restricted, revision,
    manifest_unique_id, manifest_revision, rules_version, created_us, updated_us
FROM study
WHERE id < ?1
ORDER BY id DESC
LIMIT ?2
