SELECT id, at_us, actor, account_id, action, outcome, person_id, detail
FROM audit_event
WHERE person_id = ?1 AND id < ?2
ORDER BY id DESC
LIMIT ?3
