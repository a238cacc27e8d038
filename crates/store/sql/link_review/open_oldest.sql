SELECT w.id, w.one, w.other, w.state, w.alarm, w.priority, w.reason, w.score_millibits,
    w.explanation, w.opened_us, w.changed_us
FROM (
    SELECT r.id, r.one, r.other, r.state, r.alarm, r.priority, r.reason, r.score_millibits,
        r.explanation, r.opened_us, r.changed_us,
        CASE WHEN r.priority > ?5 THEN 2 WHEN r.alarm = 1 THEN 0 ELSE 1 END AS rank
    FROM link_review r
    JOIN identity a ON a.id = r.one
    JOIN identity b ON b.id = r.other
    WHERE r.state = 'open'
        AND (?6 = 1 OR a.domain_id IN @IN_INTS(?7) OR b.domain_id IN @IN_INTS(?7))
) w
WHERE w.rank > ?1 OR w.rank = ?1 AND (w.opened_us > ?2 OR w.opened_us = ?2 AND w.id > ?3)
ORDER BY w.rank, w.opened_us, w.id
LIMIT ?4
