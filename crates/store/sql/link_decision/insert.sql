INSERT INTO link_decision (review_id, verdict, actor, at_us, note, effects)
VALUES (?1, ?2, ?3, ?4, ?5, ?6)
RETURNING id
