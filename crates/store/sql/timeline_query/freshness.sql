SELECT source_id, category, newest_sent, newest_sent_us, taken_us
FROM source_freshness
ORDER BY source_id, category
