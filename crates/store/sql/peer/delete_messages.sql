DELETE FROM peer_message WHERE peer_id = ?1
