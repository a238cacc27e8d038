INSERT INTO number_rule (from_domain_id, to_domain_id, rule) VALUES (?1, ?2, ?3)
ON CONFLICT (from_domain_id, to_domain_id) DO UPDATE SET rule = excluded.rule
