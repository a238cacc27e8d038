UPDATE link_review SET state = ?2, changed_us = ?3 WHERE id = ?1
