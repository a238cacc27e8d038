UPDATE session SET seen_us = ?2 WHERE token_hash = ?1 AND seen_us < ?2
