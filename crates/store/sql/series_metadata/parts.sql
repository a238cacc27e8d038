SELECT part, instance_count, json FROM series_metadata WHERE series_id = ?1 ORDER BY part
