SELECT id, community_id FROM person WHERE id > ?1 AND merged_into IS NULL ORDER BY id LIMIT ?2
