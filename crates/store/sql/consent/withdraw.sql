UPDATE consent SET withdrawn_us = ?2 WHERE id = ?1 AND withdrawn_us IS NULL
