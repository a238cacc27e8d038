UPDATE link_review SET priority = ?2, changed_us = ?3 WHERE id = ?1
