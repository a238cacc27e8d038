SELECT id, code, name, short_name, facility_type, mark FROM facility WHERE code = ?1
