SELECT id, one, other, state, alarm, priority, reason, score_millibits, explanation, opened_us, changed_us
FROM link_review
WHERE state = 'open' AND id IN (
    SELECT named.id FROM link_review named WHERE named.one IN @IN_INTS(?1)
    UNION
    SELECT named.id FROM link_review named WHERE named.other IN @IN_INTS(?1)
)
ORDER BY id
