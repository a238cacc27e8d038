UPDATE document
SET told_state = 2, version_state = 2, availability = 0
WHERE id = ?1
