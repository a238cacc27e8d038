SELECT kind, key, run_after_us, attempts, leased_until_us, last_error
FROM job ORDER BY run_after_us, id LIMIT ?1
