DELETE FROM query_continuation WHERE sender = ?1 AND query_tag = ?2
