SELECT COUNT(*) AS open
FROM link_review r
JOIN identity a ON a.id = r.one
JOIN identity b ON b.id = r.other
WHERE r.state = 'open' AND (a.domain_id IN @IN_INTS(?1) OR b.domain_id IN @IN_INTS(?1))
