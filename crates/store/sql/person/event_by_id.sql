SELECT id, at_us, kind, identity_id, person_before, person_after, actor, evidence, undoes
FROM identity_event
WHERE id = ?1
