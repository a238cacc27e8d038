INSERT INTO person_view (account_id, person_id, seen_us, previous_us)
VALUES (?1, ?2, ?3, NULL)
ON CONFLICT (account_id, person_id) DO UPDATE
SET previous_us = CASE
        WHEN excluded.seen_us - person_view.seen_us > ?4 THEN person_view.seen_us
        ELSE person_view.previous_us
    END,
    seen_us = excluded.seen_us
RETURNING previous_us
