SELECT root_ordinal, file, byte_offset, last_sent
FROM transaction_cursor WHERE source_id = ?1 ORDER BY root_ordinal
