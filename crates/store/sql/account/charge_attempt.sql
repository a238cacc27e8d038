UPDATE account
SET failures = CASE WHEN failures >= ?2 THEN 1 ELSE failures + 1 END,
    locked_until_us = CASE WHEN failures + 1 = ?2 THEN ?3 ELSE locked_until_us END
WHERE id = ?1 AND disabled_us IS NULL AND locked_until_us <= ?4
