INSERT INTO source_freshness (source_id, category, newest_sent, newest_sent_us, taken_us)
VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (source_id, category) DO UPDATE SET
    newest_sent = excluded.newest_sent,
    newest_sent_us = excluded.newest_sent_us,
    taken_us = excluded.taken_us
WHERE excluded.newest_sent_us > source_freshness.newest_sent_us
