-- By which rules the facts, the line, the remarks and the verdict of a document were read out of
-- its bytes. 0: before it was kept, so by rules older than any that are known.

ALTER TABLE document ADD COLUMN rules_version BIGINT NOT NULL DEFAULT 0;
