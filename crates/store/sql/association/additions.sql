-- The approved documents that append to or transform a document by an approved association.
SELECT DISTINCT d.id, d.item_id
FROM association a
JOIN document d ON d.id = a.source_id
WHERE a.target_kind = 1 AND a.target_id = ?1 AND a.source_kind = 1
    AND a.association_type IN ('APND', 'XFRM') AND a.availability = 1 AND d.availability = 1
ORDER BY d.id
