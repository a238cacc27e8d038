INSERT INTO source (name, facility_id, domain_id, kind, oid, settings, paused, created_us)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, ?7)
ON CONFLICT (name) DO NOTHING
RETURNING id
