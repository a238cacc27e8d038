DELETE FROM link_automatic WHERE identity_id = ?1
