INSERT INTO merged_identity (identity_id, into_identity_id, sent, event_id, link_event_id, merged_us)
VALUES (?1, ?2, ?3, ?4, ?5, ?6)
