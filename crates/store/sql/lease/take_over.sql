UPDATE lease SET holder = ?3, fencing_token = fencing_token + 1, until_us = ?4
WHERE name = ?1 AND holder = ?2
RETURNING fencing_token
