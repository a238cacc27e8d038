SELECT metadata FROM document WHERE id = ?1
