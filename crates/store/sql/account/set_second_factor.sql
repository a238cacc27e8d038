UPDATE account SET totp_secret = ?2, totp_last_step = 0 WHERE id = ?1
