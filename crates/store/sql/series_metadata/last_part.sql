SELECT part FROM series_metadata WHERE series_id = ?1 ORDER BY part DESC LIMIT 1
