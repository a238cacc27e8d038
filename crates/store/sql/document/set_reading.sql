UPDATE document
SET category = ?2, flags = ?3, text_verdict = ?4, rules_version = ?5
WHERE id = ?1
