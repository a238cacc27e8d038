INSERT INTO query_continuation (pointer, sender, query_tag, query, after_person, expires_us)
VALUES (?1, ?2, ?3, ?4, ?5, ?6)
