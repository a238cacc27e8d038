UPDATE job SET leased_until_us = ?3 WHERE id = ?1 AND fencing_token = ?2 AND leased_until_us > 0
