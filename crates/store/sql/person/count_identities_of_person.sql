SELECT COUNT(*) AS identities FROM identity WHERE person_id = ?1
