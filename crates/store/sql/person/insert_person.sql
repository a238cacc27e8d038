INSERT INTO person (community_id, merged_into, created_us)
VALUES (?1, NULL, ?2)
ON CONFLICT (community_id) DO NOTHING
RETURNING id
