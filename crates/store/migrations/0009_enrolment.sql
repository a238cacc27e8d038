-- Numbers of patient-ID domains, and enrolment that rests.
--
-- digits, padded, check_digit: how a domain writes its numbers (0 and '' for any).
ALTER TABLE domain ADD COLUMN digits BIGINT NOT NULL DEFAULT 0;
ALTER TABLE domain ADD COLUMN padded BIGINT NOT NULL DEFAULT 0;
ALTER TABLE domain ADD COLUMN check_digit @TEXT NOT NULL DEFAULT '';

-- How the number of one server of a facility follows from that of another (EHR and PACS): evidence
-- that demographics must bear out, never a link by itself.
CREATE TABLE number_rule (
    from_domain_id BIGINT NOT NULL REFERENCES domain (id),
    to_domain_id BIGINT NOT NULL REFERENCES domain (id),
    rule @TEXT NOT NULL,
    PRIMARY KEY (from_domain_id, to_domain_id)
) @CLUSTERED;
CREATE INDEX number_rule_by_target ON number_rule (to_domain_id);

-- While an enrolment is suspended nothing is taken or shown; nothing is deleted.
ALTER TABLE enrolment ADD COLUMN suspended_us BIGINT;

-- What becomes of a patient of whom a feed of the source's domain tells first: '' as the feeding
-- system is configured, 'keeps' (known, not enrolled), 'enrols', 'suspends' (enrolled, suspended).
ALTER TABLE source ADD COLUMN feed_enrolment @TEXT NOT NULL DEFAULT '';

-- How old a source's last complete reading may be before pages say so; NULL for the common age.
ALTER TABLE source ADD COLUMN read_age_ms BIGINT;
