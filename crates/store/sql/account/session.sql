SELECT s.account_id, s.factors, s.created_us, s.seen_us, a.login, a.display_name, a.facility_id,
    a.role, a.language, a.theme, a.single_keys, a.disabled_us, f.code, f.name, f.short_name
FROM session s
JOIN account a ON a.id = s.account_id
JOIN facility f ON f.id = a.facility_id
WHERE s.token_hash = ?1
