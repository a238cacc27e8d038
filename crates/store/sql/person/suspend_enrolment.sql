UPDATE enrolment SET suspended_us = ?2, actor = ?3
WHERE identity_id = ?1 AND withdrawn_us IS NULL AND suspended_us IS NULL
