SELECT v.person_id, p.community_id, v.seen_us, v.previous_us
FROM person_view v
JOIN person p ON p.id = v.person_id
WHERE v.account_id = ?1
ORDER BY v.seen_us DESC, v.person_id
LIMIT ?2
