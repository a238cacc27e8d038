INSERT INTO account (login, display_name, facility_id, role, password_hash, totp_secret,
    totp_last_step, failures, locked_until_us, language, theme, single_keys, disabled_us, created_us)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, 0, 0, ?7, 'auto', 1, NULL, ?8)
ON CONFLICT (login) DO NOTHING
RETURNING id
