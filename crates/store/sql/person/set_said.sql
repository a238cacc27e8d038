UPDATE identity SET said = ?2, updated_us = ?3 WHERE id = ?1
