INSERT INTO audit_event (at_us, actor, account_id, action, outcome, person_id, detail)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
