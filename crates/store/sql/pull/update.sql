UPDATE pull SET finished_us = ?2, listed = ?3, taken = ?4, unchanged = ?5, quarantined = ?6, outcome = ?7
WHERE id = ?1
