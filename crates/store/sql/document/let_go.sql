UPDATE document SET held = 0, in_objects = 0 WHERE id = ?1
