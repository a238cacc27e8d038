INSERT INTO peer (name, facility_id, fingerprint, certificate, roots, registry_url,
    repository_url, repository_oid, home_oid, may_submit, is_gateway, is_document_source,
    disabled, created_us, may_remove)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, 0, ?13, ?14)
ON CONFLICT DO NOTHING
RETURNING id
