INSERT INTO link_model (digest, state, made_us, activated_us, model, report)
VALUES (?1, ?2, ?3, ?4, ?5, ?6)
RETURNING id
