SELECT 1 AS used FROM submission_set WHERE unique_id = ?1
UNION
SELECT 1 AS used FROM folder WHERE unique_id = ?1
UNION
SELECT 1 AS used FROM document WHERE unique_id = ?1
