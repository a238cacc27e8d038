SELECT id, at_us, actor, account_id, action, outcome, person_id, detail
FROM audit_event
WHERE id < ?1
ORDER BY id DESC
LIMIT ?2
