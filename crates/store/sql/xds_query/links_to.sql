SELECT a.id
FROM association a
WHERE a.target_kind = ?1 AND a.target_id IN @IN_INTS(?2)
ORDER BY a.id
