UPDATE series_metadata SET instance_count = ?3, json = ?4 WHERE series_id = ?1 AND part = ?2
