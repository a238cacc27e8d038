UPDATE study SET fetching_us = ?2 WHERE id = ?1
