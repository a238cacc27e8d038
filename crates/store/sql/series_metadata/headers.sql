SELECT instance_id, json FROM instance_header
WHERE series_id = ?1 AND instance_id > ?2
ORDER BY instance_id
LIMIT ?3
