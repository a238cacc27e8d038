DELETE FROM session WHERE created_us < ?1 OR seen_us < ?2
RETURNING account_id, factors
