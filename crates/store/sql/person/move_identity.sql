UPDATE identity SET person_id = ?2, updated_us = ?3 WHERE id = ?1
