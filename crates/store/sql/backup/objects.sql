SELECT DISTINCT sha256, size FROM document WHERE in_objects = 1 ORDER BY sha256
