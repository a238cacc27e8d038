SELECT id, community_id, merged_into, created_us FROM person WHERE id = ?1
