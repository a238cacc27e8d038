INSERT INTO link_automatic (identity_id, unit, event_id, model)
VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (identity_id) DO UPDATE SET
    unit = excluded.unit,
    event_id = excluded.event_id,
    model = excluded.model
