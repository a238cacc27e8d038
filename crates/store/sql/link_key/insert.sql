INSERT INTO link_key (key, identity_id)
SELECT wanted.value, ?2
FROM @IN_INTS(?1) AS wanted
WHERE wanted.value IS NOT NULL
ON CONFLICT (key, identity_id) DO NOTHING
