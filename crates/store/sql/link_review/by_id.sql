SELECT id, one, other, state, alarm, priority, reason, score_millibits, explanation, opened_us, changed_us
FROM link_review
WHERE id = ?1
