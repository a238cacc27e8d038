-- A source is read up to the beginning of its last pass that went to the end: that its roots
-- open says nothing of what was read.
SELECT s.id, s.name, s.kind, s.paused, s.domain_id, s.facility_id, f.code, f.name, f.short_name,
    f.mark, t.state, t.reason, t.since_us, t.last_item_us,
    (SELECT p.started_us FROM pull p
        WHERE p.source_id = s.id AND p.outcome = 'complete' AND p.mode IN ('pull', 'follow')
        ORDER BY p.id DESC LIMIT 1) AS read_us,
    s.read_age_ms
FROM source s
JOIN facility f ON f.id = s.facility_id
LEFT JOIN source_state t ON t.source_id = s.id
ORDER BY f.mark, f.id, s.id
