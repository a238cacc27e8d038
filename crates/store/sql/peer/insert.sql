INSERT INTO peer (name, facility_id, fingerprint, certificate, roots, registry_url,
    repository_url, repository_oid, home_oid, may_submit, is_gateway, disabled,
    created_us, may_remove, source_id, may_change_all)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 0, ?12, ?13, ?14, ?15)
ON CONFLICT DO NOTHING
RETURNING id
