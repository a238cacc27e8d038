-- What is shown, by row.
SELECT id, study_id, series_id, sop_instance_uid, sop_class_uid, transfer_syntax_uid,
    instance_number, kind, title, pixel_rows, pixel_columns, frames, sha256, size,
    data_set_offset, data_set_sha256, pixel_offset, pixel_size, text_verdict, latest,
    hidden_us, hidden_reason, received_us
FROM instance
WHERE study_id = ?1 AND id > ?2 AND latest = 1 AND hidden_us IS NULL
ORDER BY id
LIMIT ?3
