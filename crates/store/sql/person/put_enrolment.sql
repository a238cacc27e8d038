INSERT INTO enrolment (identity_id, enrolled_us, withdrawn_us, actor)
VALUES (?1, ?2, NULL, ?3)
ON CONFLICT (identity_id) DO UPDATE
SET enrolled_us = excluded.enrolled_us, withdrawn_us = NULL, suspended_us = NULL, actor = excluded.actor
