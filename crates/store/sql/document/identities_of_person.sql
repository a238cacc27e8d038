SELECT id FROM identity WHERE person_id = ?1 ORDER BY id
