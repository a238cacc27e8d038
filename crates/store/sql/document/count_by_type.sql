SELECT type_code, version_state, count(*) AS documents
FROM document
GROUP BY type_code, version_state
ORDER BY type_code, version_state
