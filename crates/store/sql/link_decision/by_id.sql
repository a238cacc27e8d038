SELECT id, review_id, verdict, actor, at_us, note, effects, undone_us, undone_by
FROM link_decision
WHERE id = ?1
