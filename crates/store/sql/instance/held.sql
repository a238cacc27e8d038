-- Which of some instances of a source are kept: for storage commitment.
SELECT i.sop_instance_uid, i.sop_class_uid, i.sha256, i.size
FROM instance i
JOIN study s ON s.id = i.study_id
WHERE i.sop_instance_uid IN @IN_TEXTS(?2) AND s.source_id = ?1
ORDER BY i.sop_instance_uid, i.id
