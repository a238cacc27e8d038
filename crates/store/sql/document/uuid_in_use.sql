SELECT 1 AS used FROM document WHERE entry_uuid = ?1
UNION
SELECT 1 AS used FROM submission_set WHERE entry_uuid = ?1
UNION
SELECT 1 AS used FROM folder WHERE entry_uuid = ?1
UNION
SELECT 1 AS used FROM association WHERE entry_uuid = ?1
