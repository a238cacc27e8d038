-- What has the same SOP Instance UID and other bytes is the latest no more.
UPDATE instance SET latest = 0
WHERE sop_instance_uid = ?2 AND study_id = ?1 AND id <> ?3 AND latest = 1
RETURNING series_id, size, kind, hidden_us
