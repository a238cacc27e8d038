-- What the source's C-FIND says; it is there, so it has not disappeared.
UPDATE study SET told_series = ?2, told_instances = ?3, told_us = ?4, disappeared_us = NULL
WHERE id = ?1
