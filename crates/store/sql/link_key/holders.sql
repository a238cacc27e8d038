-- At most ?2 of each key, the smallest first.
WITH wanted AS MATERIALIZED (
    SELECT listed.value AS key,
        (SELECT max(first.identity_id) FROM (
            SELECT k.identity_id FROM link_key k
            WHERE k.key = listed.value
            ORDER BY k.identity_id
            LIMIT ?2
        ) first) AS last_id
    FROM @IN_INTS(?1) AS listed
)
SELECT held.key, held.identity_id
FROM wanted
JOIN link_key held ON held.key = wanted.key AND held.identity_id <= wanted.last_id
ORDER BY held.key, held.identity_id
