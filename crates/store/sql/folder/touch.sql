UPDATE folder SET last_update_us = ?2 WHERE id = ?1
