SELECT category, newest_sent, newest_sent_us, taken_us
FROM source_freshness WHERE source_id = ?1 ORDER BY category
