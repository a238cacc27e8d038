SELECT p.id, p.name, p.facility_id, f.code, p.fingerprint, p.certificate, p.roots,
    p.registry_url, p.repository_url, p.repository_oid, p.home_oid, p.may_submit, p.is_gateway,
    p.disabled, p.may_remove, p.source_id, p.may_change_all
FROM peer p
JOIN facility f ON f.id = p.facility_id
WHERE p.fingerprint = ?1 AND p.fingerprint <> ''
