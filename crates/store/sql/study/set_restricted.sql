UPDATE study SET restricted = ?2 WHERE id = ?1
