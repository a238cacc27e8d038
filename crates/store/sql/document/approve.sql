UPDATE document
SET told_state = 1, version_state = 1, availability = 1, flags = ?2
WHERE id = ?1
