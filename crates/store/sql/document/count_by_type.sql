-- What a content folder holds beside its first file is appended to that item's document and part
-- of it: each stored version counts once. What peers append to other documents counts.
SELECT type_code, version_state, count(*) AS documents
FROM document
WHERE item_id IS NOT NULL
    OR NOT EXISTS (
        SELECT 1 FROM association a JOIN document main ON main.id = a.target_id
        WHERE a.source_kind = 1 AND a.source_id = document.id AND a.association_type = 'APND'
            AND a.target_kind = 1 AND main.item_id IS NOT NULL
    )
GROUP BY type_code, version_state
ORDER BY type_code, version_state
