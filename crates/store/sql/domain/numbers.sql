SELECT local_id FROM identity WHERE domain_id = ?1 ORDER BY local_id
