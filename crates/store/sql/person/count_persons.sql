SELECT COUNT(DISTINCT person_id) AS persons FROM identity
