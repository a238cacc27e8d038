UPDATE quarantine SET in_objects = 1 WHERE source_id = ?1 AND place = ?2 AND sha256 IS NOT NULL
