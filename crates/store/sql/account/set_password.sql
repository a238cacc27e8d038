UPDATE account SET password_hash = ?2, failures = 0, locked_until_us = 0 WHERE id = ?1
