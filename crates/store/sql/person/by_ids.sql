SELECT id, community_id, merged_into, created_us FROM person WHERE id IN @IN_INTS(?1) ORDER BY id
