SELECT id, code, name, short_name, facility_type, mark FROM facility ORDER BY code
