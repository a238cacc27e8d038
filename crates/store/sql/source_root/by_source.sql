SELECT role, ordinal, path FROM source_root WHERE source_id = ?1 ORDER BY role, ordinal
