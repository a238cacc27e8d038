SELECT coalesce(sum(CASE WHEN withdrawn_us IS NULL AND suspended_us IS NULL THEN 1 ELSE 0 END), 0)
        AS enrolled,
    coalesce(sum(CASE WHEN withdrawn_us IS NULL AND suspended_us IS NOT NULL THEN 1 ELSE 0 END), 0)
        AS suspended,
    coalesce(sum(CASE WHEN withdrawn_us IS NOT NULL THEN 1 ELSE 0 END), 0) AS withdrawn
FROM enrolment
