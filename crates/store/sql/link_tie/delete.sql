DELETE FROM link_tie WHERE one = ?1 AND other = ?2
