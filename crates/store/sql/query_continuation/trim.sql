DELETE FROM query_continuation
WHERE sender = ?1 AND (expires_us <= ?2 OR id <= (
    SELECT id FROM query_continuation WHERE sender = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?3
))
