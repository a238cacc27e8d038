UPDATE instance SET hidden_us = ?4, hidden_reason = ?5
WHERE sop_instance_uid IN @IN_TEXTS(?3) AND hidden_us IS NULL AND study_id IN (
    SELECT s.id FROM study s WHERE s.identity_id = ?1 AND s.source_id = ?2)
RETURNING study_id, series_id, sop_instance_uid
