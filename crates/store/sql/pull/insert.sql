INSERT INTO pull (source_id, mode, started_us, finished_us, listed, taken, unchanged, quarantined, outcome)
VALUES (?1, ?2, ?3, NULL, 0, 0, 0, 0, 'running')
RETURNING id
