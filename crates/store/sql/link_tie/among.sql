SELECT one, other, kind, actor, at_us
FROM link_tie
WHERE one IN @IN_INTS(?1) AND other IN @IN_INTS(?1)
ORDER BY one, other
