DELETE FROM merged_identity WHERE link_event_id = ?1
