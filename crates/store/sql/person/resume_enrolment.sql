UPDATE enrolment SET suspended_us = NULL, actor = ?2
WHERE identity_id = ?1 AND withdrawn_us IS NULL AND suspended_us IS NOT NULL
