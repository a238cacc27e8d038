SELECT sha256 FROM document WHERE id = ?1 AND in_objects = 1
