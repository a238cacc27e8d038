-- Record linkage: who is compared with whom, what was decided, by which weights.
--
-- link_evidence: what a source says of an identity, as it is compared, and the rules by which its
-- keys were made. It is derived of identity.demographics and can be made again.
CREATE TABLE link_evidence (
    identity_id BIGINT NOT NULL PRIMARY KEY REFERENCES identity (id),
    domain_id BIGINT NOT NULL,
    norm_version BIGINT NOT NULL,
    evidence @TEXT NOT NULL,
    updated_us BIGINT NOT NULL
) @CLUSTERED;
CREATE INDEX link_evidence_by_norm_version ON link_evidence (norm_version, identity_id);

-- Blocking keys: two identities are compared if they share one.
CREATE TABLE link_key (
    key BIGINT NOT NULL,
    identity_id BIGINT NOT NULL REFERENCES identity (id),
    PRIMARY KEY (key, identity_id)
) @CLUSTERED;
CREATE INDEX link_key_by_identity ON link_key (identity_id);

-- Identities that a machine has put under their person. Those of one unit (the key of its first
-- identity) came together and stay together: a human or their source had said that they are one.
CREATE TABLE link_automatic (
    identity_id BIGINT NOT NULL PRIMARY KEY REFERENCES identity (id),
    unit BIGINT NOT NULL,
    event_id BIGINT NOT NULL,
    model @TEXT NOT NULL
) @CLUSTERED;

-- What was said of two identities, the smaller first: apart (never linked by a machine), held (a
-- machine's link that new demographics contradict, until a human has looked), or same (a human has).
CREATE TABLE link_tie (
    one BIGINT NOT NULL REFERENCES identity (id),
    other BIGINT NOT NULL REFERENCES identity (id),
    kind @TEXT NOT NULL,
    actor @TEXT NOT NULL,
    at_us BIGINT NOT NULL,
    PRIMARY KEY (one, other)
) @CLUSTERED;
CREATE INDEX link_tie_by_other ON link_tie (other);

-- Questions to a human. priority orders them: alarms, then by evidence, put off ones last.
CREATE TABLE link_review (
    id @ID_ONCE,
    one BIGINT NOT NULL REFERENCES identity (id),
    other BIGINT NOT NULL REFERENCES identity (id),
    state @TEXT NOT NULL,
    alarm BIGINT NOT NULL,
    priority BIGINT NOT NULL,
    reason @TEXT NOT NULL,
    score_millibits BIGINT NOT NULL,
    explanation @TEXT NOT NULL,
    opened_us BIGINT NOT NULL,
    changed_us BIGINT NOT NULL
);
CREATE INDEX link_review_by_state ON link_review (state, priority, id);
CREATE INDEX link_review_by_one ON link_review (one);
CREATE INDEX link_review_by_other ON link_review (other);

-- What humans said of a review; none is ever removed, one that was taken back says so.
CREATE TABLE link_decision (
    id @ID_ONCE,
    review_id BIGINT NOT NULL REFERENCES link_review (id),
    verdict @TEXT NOT NULL,
    actor @TEXT NOT NULL,
    at_us BIGINT NOT NULL,
    note @TEXT NOT NULL,
    effects @TEXT NOT NULL,
    undone_us BIGINT,
    undone_by @TEXT
);
CREATE INDEX link_decision_by_review ON link_decision (review_id, id);

-- Versions of the weights. A row's model is never changed; digest is that of its text.
CREATE TABLE link_model (
    id @ID_ONCE,
    digest @TEXT NOT NULL,
    state @TEXT NOT NULL,
    made_us BIGINT NOT NULL,
    activated_us BIGINT,
    model @TEXT NOT NULL,
    report @TEXT NOT NULL
);
CREATE INDEX link_model_by_state ON link_model (state, id);
