UPDATE document SET availability = 0 WHERE id = ?1
