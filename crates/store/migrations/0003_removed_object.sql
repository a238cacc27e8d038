-- Objects that were removed for good (ITI-62), so that a gateway that reads the same version again
-- does not bring it back: an entryUUID of intake is made from what it names.
CREATE TABLE removed_object (
    entry_uuid @BYTES NOT NULL PRIMARY KEY,
    removed_us BIGINT NOT NULL
);
