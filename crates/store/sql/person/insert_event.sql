INSERT INTO identity_event (at_us, kind, identity_id, person_before, person_after, actor, evidence,
    undoes)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
RETURNING id
