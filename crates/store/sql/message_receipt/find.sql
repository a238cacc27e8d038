SELECT answer FROM message_receipt WHERE sender = ?1 AND control_id = ?2 AND sha256 = ?3
