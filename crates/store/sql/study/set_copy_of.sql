UPDATE study SET copy_of = ?2 WHERE id = ?1
