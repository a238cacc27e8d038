SELECT query_tag, query, after_person
FROM query_continuation
WHERE pointer = ?1 AND sender = ?2 AND expires_us > ?3
