SELECT s.id, s.name, s.kind, s.oid, s.settings, s.paused,
    f.id, f.code, f.name, f.short_name, f.facility_type, f.mark, d.id, d.oid, d.name
FROM source s JOIN facility f ON f.id = s.facility_id JOIN domain d ON d.id = s.domain_id
WHERE s.name = ?1
