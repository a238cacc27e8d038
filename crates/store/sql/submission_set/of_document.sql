-- The set that brought the document, and the sets that refer to it.
SELECT submission_set_id FROM document WHERE id = ?1
UNION
SELECT source_id FROM association
WHERE source_kind = 2 AND target_kind = 1 AND target_id = ?1 AND association_type = 'HasMember'
