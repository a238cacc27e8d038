UPDATE study SET disappeared_us = ?2 WHERE id = ?1
