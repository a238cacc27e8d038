DELETE FROM identity_token WHERE identity_id = ?1
