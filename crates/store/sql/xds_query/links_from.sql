SELECT a.id
FROM association a
WHERE a.source_kind = ?1 AND a.source_id IN @IN_INTS(?2)
ORDER BY a.id
