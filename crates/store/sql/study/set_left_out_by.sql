UPDATE study SET left_out_by = ?2 WHERE id = ?1
