SELECT count(*) AS named FROM (
    SELECT id FROM document WHERE sha256 = ?1 AND in_objects = 1
    UNION ALL
    SELECT id FROM left_document WHERE sha256 = ?1 AND in_objects = 1
    UNION ALL
    SELECT id FROM instance WHERE sha256 = ?1
    UNION ALL
    SELECT id FROM quarantine WHERE sha256 = ?1 AND in_objects = 1
) AS rows_of_object
