UPDATE account SET disabled_us = ?2 WHERE id = ?1 AND disabled_us IS NULL
