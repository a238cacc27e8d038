-- Not yet: it waits without having failed.
UPDATE job SET leased_until_us = 0, attempts = 0, run_after_us = ?3, last_error = ''
WHERE id = ?1 AND fencing_token = ?2 AND leased_until_us > 0
