-- What is shown of a study and is no picture: reports, presentation states, documents.
SELECT s.series_instance_uid, i.sop_instance_uid, i.sop_class_uid, i.kind, i.title, s.description,
    s.modality
FROM instance i JOIN series s ON s.id = i.series_id
WHERE i.study_id = ?1 AND i.kind <> 'image' AND i.latest = 1 AND i.hidden_us IS NULL
ORDER BY i.id
LIMIT ?2
