SELECT count(*) AS documents
FROM document
WHERE held = 1 AND rules_version < ?1
