UPDATE timeline_entry SET document_id = ?2,
    restricted = (SELECT d.restricted FROM document d WHERE d.id = ?2)
WHERE document_id = ?1
