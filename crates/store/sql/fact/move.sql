UPDATE fact SET document_id = ?2 WHERE document_id = ?1
