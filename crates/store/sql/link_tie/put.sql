INSERT INTO link_tie (one, other, kind, actor, at_us)
VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (one, other) DO UPDATE SET
    kind = excluded.kind,
    actor = excluded.actor,
    at_us = excluded.at_us
