SELECT finished_us FROM pull
WHERE source_id = ?1 AND mode = 'pull' AND outcome = 'complete' AND finished_us IS NOT NULL
ORDER BY id DESC LIMIT 1
