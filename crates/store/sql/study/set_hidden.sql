UPDATE study SET hidden_us = ?2, hidden_reason = ?3, revision = revision + 1, updated_us = ?4
WHERE id = ?1
