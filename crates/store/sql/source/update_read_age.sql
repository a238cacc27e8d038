UPDATE source SET read_age_ms = ?2 WHERE id = ?1
