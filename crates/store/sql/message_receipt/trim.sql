DELETE FROM message_receipt
WHERE sender = ?1 AND id <= (
    SELECT id FROM message_receipt WHERE sender = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2
)
