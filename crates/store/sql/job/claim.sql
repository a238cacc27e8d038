UPDATE job SET
    leased_until_us = ?3,
    fencing_token = fencing_token + 1,
    attempts = attempts + 1
WHERE id IN (
    SELECT id FROM job
    WHERE kind = ?1 AND run_after_us <= ?2 AND leased_until_us <= ?2
    ORDER BY run_after_us, id
    LIMIT ?4
    @CLAIM
)
RETURNING id, kind, key, payload, attempts, fencing_token, revision
