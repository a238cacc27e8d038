-- The other versions of its item that were sent when this one was, where all are told current and
-- none is deleted.
SELECT count(*) AS n
FROM document d
JOIN document r ON r.item_id = d.item_id AND r.sent = d.sent
WHERE d.id = ?1 AND r.id <> d.id AND d.told_state = 1 AND r.told_state = 1
    AND d.version_state <> 0 AND r.version_state <> 0
