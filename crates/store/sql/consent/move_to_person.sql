UPDATE consent SET person_id = ?2 WHERE id = ?1 AND person_id = ?3
