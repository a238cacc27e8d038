INSERT INTO peer_message (peer_id, at_us, action, outcome, request, answer)
VALUES (?1, ?2, ?3, ?4, ?5, ?6)
