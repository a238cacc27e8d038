-- Enqueued again while it ran: it stays, and runs once more.
UPDATE job SET leased_until_us = 0, attempts = 0, last_error = ''
WHERE id = ?1 AND fencing_token = ?2 AND leased_until_us > 0
