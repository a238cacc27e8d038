INSERT INTO facility (code, name, short_name, facility_type, mark, created_us)
VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (code) DO NOTHING
RETURNING id
