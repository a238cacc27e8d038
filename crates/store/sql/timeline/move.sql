UPDATE timeline_entry SET document_id = ?2 WHERE document_id = ?1
