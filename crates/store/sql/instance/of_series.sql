-- What is shown, by number; ?2 and ?3 number and row of the last one seen.
SELECT id, study_id, series_id, sop_instance_uid, sop_class_uid, transfer_syntax_uid,
    instance_number, kind, title, pixel_rows, pixel_columns, frames, sha256, size,
    data_set_offset, data_set_sha256, pixel_offset, pixel_size, text_verdict, latest,
    hidden_us, hidden_reason, received_us
FROM instance
WHERE series_id = ?1 AND (instance_number > ?2 OR (instance_number = ?2 AND id > ?3))
    AND latest = 1 AND hidden_us IS NULL
ORDER BY instance_number, id
LIMIT ?4
