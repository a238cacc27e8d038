INSERT INTO instance_rejection (identity_id, source_id, sop_instance_uid, reason, note_uid, at_us)
VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (identity_id, source_id, sop_instance_uid) DO UPDATE SET
    reason = excluded.reason,
    note_uid = excluded.note_uid,
    at_us = excluded.at_us
