-- Who brought what over XDS. A peer that may submit has a source of its own (kind 'xds', of its
-- facility): what it submits is that source's, whatever sourceId its messages say.
-- may_change_all: it may change and remove also what other facilities brought.
-- left_document: source, category and restriction decide who may remove the bytes that metadata left behind.
ALTER TABLE peer ADD COLUMN source_id BIGINT;
ALTER TABLE peer ADD COLUMN may_change_all BIGINT NOT NULL DEFAULT 0;
ALTER TABLE peer DROP COLUMN is_document_source;
ALTER TABLE submission_set ADD COLUMN source_id BIGINT;
ALTER TABLE left_document ADD COLUMN source_id BIGINT;
ALTER TABLE left_document ADD COLUMN category @TEXT NOT NULL DEFAULT '';
ALTER TABLE left_document ADD COLUMN restricted BIGINT NOT NULL DEFAULT 0;
