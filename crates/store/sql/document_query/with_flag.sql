-- ?2 is a code with its quotes: remarks are a JSON array of codes.
SELECT d.id
FROM document d
WHERE d.id IN @IN_INTS(?1) AND @CONTAINS(d.flags, ?2)
ORDER BY d.id
