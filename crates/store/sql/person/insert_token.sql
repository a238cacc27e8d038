INSERT INTO identity_token (token, identity_id) VALUES (?1, ?2)
