INSERT INTO identity (domain_id, local_id, person_id, demographics, demographics_sent,
    authoritative, said, birth_day, sex, created_us, updated_us)
VALUES (?1, ?2, ?3, '{}', '', 0, '{}', NULL, '', ?4, ?4)
ON CONFLICT (domain_id, local_id) DO NOTHING
RETURNING id
