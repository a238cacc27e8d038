INSERT INTO transaction_cursor (source_id, root_ordinal, file, byte_offset, last_sent)
VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (source_id, root_ordinal) DO UPDATE SET
    file = excluded.file,
    byte_offset = excluded.byte_offset,
    last_sent = excluded.last_sent
