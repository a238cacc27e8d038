UPDATE account SET language = ?2, theme = ?3, single_keys = ?4 WHERE id = ?1
