INSERT INTO link_review (one, other, state, alarm, priority, reason, score_millibits, explanation, opened_us, changed_us)
VALUES (?1, ?2, 'open', ?3, ?4, ?5, ?6, ?7, ?8, ?8)
RETURNING id
