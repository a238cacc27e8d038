DELETE FROM source_root WHERE source_id = ?1
