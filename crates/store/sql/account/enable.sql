UPDATE account SET disabled_us = NULL, failures = 0, locked_until_us = 0 WHERE id = ?1
