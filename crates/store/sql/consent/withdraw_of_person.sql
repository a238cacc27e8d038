UPDATE consent SET withdrawn_us = ?2
WHERE person_id = ?1 AND permit = 1 AND withdrawn_us IS NULL
RETURNING id
