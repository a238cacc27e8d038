SELECT d.unique_id, f.ordinal, f.kind, f.at_us, n.oid AS domain, i.local_id,
    coalesce(s.name, '') AS source, f.chart_key, f.status, f.body
FROM fact f
JOIN document d ON d.id = f.document_id
JOIN identity i ON i.id = f.identity_id
JOIN domain n ON n.id = i.domain_id
LEFT JOIN source s ON s.id = f.source_id
