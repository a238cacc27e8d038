UPDATE link_decision SET undone_us = ?2, undone_by = ?3 WHERE id = ?1 AND undone_us IS NULL
