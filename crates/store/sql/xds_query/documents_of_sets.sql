SELECT submission_set_id, id
FROM document
WHERE submission_set_id IN @IN_INTS(?1)
ORDER BY submission_set_id, id
