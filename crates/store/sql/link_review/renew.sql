UPDATE link_review
SET alarm = ?2, priority = ?3, reason = ?4, score_millibits = ?5, explanation = ?6, changed_us = ?7
WHERE id = ?1
