SELECT id FROM document WHERE unique_id IN @IN_TEXTS(?1) ORDER BY id
