-- No pull is at any study of a source.
UPDATE study SET fetching_us = NULL WHERE source_id = ?1 AND fetching_us IS NOT NULL
