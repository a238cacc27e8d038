UPDATE folder SET availability = ?2 WHERE id = ?1
