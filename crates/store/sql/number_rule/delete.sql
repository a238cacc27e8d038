DELETE FROM number_rule WHERE from_domain_id = ?1 AND to_domain_id = ?2
