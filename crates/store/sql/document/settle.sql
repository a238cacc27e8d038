UPDATE document
SET told_state = ?2, version_state = ?3, availability = ?4, deleted_us = ?5,
    deletion_known_from = ?6, flags = ?7
WHERE id = ?1
