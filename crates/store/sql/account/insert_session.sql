INSERT INTO session (token_hash, account_id, factors, created_us, seen_us)
VALUES (?1, ?2, ?3, ?4, ?4)
