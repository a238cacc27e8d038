SELECT sop_instance_uid, reason, at_us
FROM instance_rejection
WHERE identity_id = ?1 AND source_id = ?2 AND sop_instance_uid IN @IN_TEXTS(?3)
ORDER BY sop_instance_uid
