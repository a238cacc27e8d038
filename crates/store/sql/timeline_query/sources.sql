SELECT s.id, s.name, s.kind, s.paused, s.domain_id, s.facility_id, f.code, f.name, f.short_name,
    f.mark, t.state, t.reason, t.since_us, t.last_contact_us, t.last_item_us
FROM source s
JOIN facility f ON f.id = s.facility_id
LEFT JOIN source_state t ON t.source_id = s.id
ORDER BY f.mark, f.id, s.id
