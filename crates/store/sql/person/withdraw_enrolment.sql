UPDATE enrolment SET withdrawn_us = ?2, suspended_us = NULL, actor = ?3
WHERE identity_id = ?1 AND withdrawn_us IS NULL
