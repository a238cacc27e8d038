SELECT id, mode, started_us, finished_us, listed, taken, unchanged, quarantined, outcome
FROM pull WHERE source_id = ?1 ORDER BY id DESC LIMIT ?2
