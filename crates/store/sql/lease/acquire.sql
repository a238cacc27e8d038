INSERT INTO lease (name, holder, fencing_token, until_us) VALUES (?1, ?2, 1, ?4)
ON CONFLICT (name) DO UPDATE SET
    holder = excluded.holder,
    fencing_token = lease.fencing_token + 1,
    until_us = excluded.until_us
WHERE lease.until_us <= ?3
RETURNING fencing_token
