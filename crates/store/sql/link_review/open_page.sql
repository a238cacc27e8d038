SELECT id, one, other, state, alarm, priority, reason, score_millibits, explanation, opened_us, changed_us
FROM link_review
WHERE state = 'open' AND (priority > ?1 OR priority = ?1 AND id > ?2)
ORDER BY priority, id
LIMIT ?3
