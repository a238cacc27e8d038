DELETE FROM peer_message
WHERE peer_id = ?1 AND id NOT IN (
    SELECT id FROM peer_message WHERE peer_id = ?1 ORDER BY id DESC LIMIT ?2
)
