UPDATE instance SET hidden_us = NULL, hidden_reason = ''
WHERE study_id = ?1 AND sop_instance_uid IN @IN_TEXTS(?2) AND hidden_us IS NOT NULL
RETURNING series_id, sop_instance_uid
