SELECT at_us, action, outcome, request, answer
FROM peer_message
WHERE peer_id = ?1
ORDER BY id DESC
