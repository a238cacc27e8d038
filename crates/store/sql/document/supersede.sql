-- An earlier version of an entry's metadata is no version of an item any more.
UPDATE document
SET item_id = NULL, told_state = 2, version_state = 2, availability = 0
WHERE id = ?1
