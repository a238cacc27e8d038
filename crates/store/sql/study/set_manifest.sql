UPDATE study SET manifest_unique_id = ?2, manifest_revision = ?3 WHERE id = ?1
