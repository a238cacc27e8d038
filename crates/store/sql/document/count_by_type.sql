-- What is appended to a document (the files beside the first one of a content folder) is part of
-- it: each stored version counts once.
SELECT type_code, version_state, count(*) AS documents
FROM document
WHERE NOT EXISTS (
    SELECT 1 FROM association a
    WHERE a.source_kind = 1 AND a.source_id = document.id AND a.association_type = 'APND'
)
GROUP BY type_code, version_state
ORDER BY type_code, version_state
