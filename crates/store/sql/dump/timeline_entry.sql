SELECT d.unique_id, e.at_us, e.day, n.oid AS domain, i.local_id, coalesce(s.name, '') AS source,
    e.category, e.label, e.item_count, e.abnormal, e.department, e.inpatient,
    e.until_us, e.until_day, e.content_key
FROM timeline_entry e
JOIN document d ON d.id = e.document_id
JOIN identity i ON i.id = e.identity_id
JOIN domain n ON n.id = i.domain_id
LEFT JOIN source s ON s.id = e.source_id
