UPDATE study SET wanted_us = ?2 WHERE id = ?1
