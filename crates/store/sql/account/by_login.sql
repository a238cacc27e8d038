SELECT a.id, a.login, a.display_name, a.facility_id, a.role, a.password_hash, a.totp_secret,
    a.totp_last_step, a.failures, a.locked_until_us, a.language, a.theme, a.single_keys, a.disabled_us,
    a.created_us
FROM account a
WHERE a.login = ?1
