DELETE FROM link_tie
WHERE one = ?1 AND other IN @IN_INTS(?2) OR other = ?1 AND one IN @IN_INTS(?2)
