DELETE FROM timeline_entry WHERE document_id = ?1
