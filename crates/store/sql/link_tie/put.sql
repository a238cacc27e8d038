-- One identity with each of some others.
INSERT INTO link_tie (one, other, kind, actor, at_us)
SELECT CASE WHEN named.value < ?1 THEN named.value ELSE ?1 END,
    CASE WHEN named.value < ?1 THEN ?1 ELSE named.value END, ?3, ?4, ?5
FROM @IN_INTS(?2) AS named
WHERE named.value <> ?1
ON CONFLICT (one, other) DO UPDATE SET
    kind = excluded.kind,
    actor = excluded.actor,
    at_us = excluded.at_us
