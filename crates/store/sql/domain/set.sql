UPDATE domain SET name = ?2, digits = ?3, padded = ?4, check_digit = ?5 WHERE id = ?1
