UPDATE association SET availability = ?2 WHERE id = ?1
