-- A job that is known already runs (again) with the newer payload, no later than it would have.
INSERT INTO job (kind, key, payload, run_after_us, attempts, leased_until_us, fencing_token, revision, last_error)
VALUES (?1, ?2, ?3, ?4, 0, 0, 0, 1, '')
ON CONFLICT (kind, key) DO UPDATE SET
    payload = excluded.payload,
    run_after_us = CASE WHEN excluded.run_after_us < job.run_after_us
        THEN excluded.run_after_us ELSE job.run_after_us END,
    revision = job.revision + 1
