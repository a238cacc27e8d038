-- since_us moves only when the state does; a contact or an item is never forgotten.
INSERT INTO source_state (source_id, state, reason, since_us, last_contact_us, last_item_us)
VALUES (?1, ?2, ?3, ?4, ?5, NULL)
ON CONFLICT (source_id) DO UPDATE SET
    since_us = CASE WHEN source_state.state = excluded.state THEN source_state.since_us ELSE excluded.since_us END,
    state = excluded.state,
    reason = excluded.reason,
    last_contact_us = coalesce(excluded.last_contact_us, source_state.last_contact_us)
