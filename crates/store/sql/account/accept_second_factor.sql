UPDATE account SET failures = 0, locked_until_us = 0, totp_last_step = ?2
WHERE id = ?1 AND totp_last_step < ?2 AND disabled_us IS NULL
