INSERT INTO message_receipt (sender, control_id, sha256, answer, at_us)
VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (sender, control_id) DO UPDATE
SET sha256 = excluded.sha256, answer = excluded.answer, at_us = excluded.at_us
