SELECT sha256 FROM document WHERE in_objects = 1
UNION
SELECT sha256 FROM left_document WHERE in_objects = 1
UNION
SELECT sha256 FROM instance
UNION
SELECT sha256 FROM quarantine WHERE in_objects = 1 AND sha256 IS NOT NULL
ORDER BY sha256
