DELETE FROM merged_identity WHERE identity_id = ?1
