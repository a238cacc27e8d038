SELECT a.association_type, a.original, a.source_kind,
    CASE a.source_kind
        WHEN 1 THEN (SELECT unique_id FROM document WHERE id = a.source_id)
        WHEN 2 THEN (SELECT unique_id FROM submission_set WHERE id = a.source_id)
        WHEN 3 THEN (SELECT unique_id FROM folder WHERE id = a.source_id)
    END AS source,
    a.target_kind,
    CASE a.target_kind
        WHEN 1 THEN (SELECT unique_id FROM document WHERE id = a.target_id)
        WHEN 2 THEN (SELECT unique_id FROM submission_set WHERE id = a.target_id)
        WHEN 3 THEN (SELECT unique_id FROM folder WHERE id = a.target_id)
    END AS target,
    u.unique_id AS submission_set
FROM association a
JOIN submission_set u ON u.id = a.submission_set_id
