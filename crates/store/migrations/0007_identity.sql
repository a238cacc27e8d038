-- Patient identity as other systems feed it and ask for it (ITI-8, ITI-9, ITI-10, ITI-21, ITI-30).
--
-- merged_identity: patient IDs that their own source merged into another ID of the same domain.
-- An ID in it names nobody any more; its documents stay where they are. event_id is the event
-- of the merge, link_event_id the one that moved the identity to the survivor's person.
CREATE TABLE merged_identity (
    identity_id BIGINT NOT NULL PRIMARY KEY REFERENCES identity (id),
    into_identity_id BIGINT NOT NULL REFERENCES identity (id),
    sent @TEXT NOT NULL,
    event_id BIGINT NOT NULL,
    link_event_id BIGINT,
    merged_us BIGINT NOT NULL
) @CLUSTERED;
CREATE INDEX merged_identity_by_survivor ON merged_identity (into_identity_id);

-- What was answered to messages that were applied: a sender that repeats one (same control ID,
-- same bytes) gets the same answer, and nothing is applied twice.
CREATE TABLE message_receipt (
    id @ID,
    sender @TEXT NOT NULL,
    control_id @TEXT NOT NULL,
    sha256 @BYTES NOT NULL,
    answer @BYTES NOT NULL,
    at_us BIGINT NOT NULL
);
CREATE UNIQUE INDEX message_receipt_by_control_id ON message_receipt (sender, control_id);
CREATE INDEX message_receipt_by_sender ON message_receipt (sender, id);

-- Who is told of every change of association (ITI-10), as the server's configuration says. What
-- each has to be told waits among the jobs, one for each person.
CREATE TABLE notification_consumer (
    name @TEXT NOT NULL PRIMARY KEY
) @CLUSTERED;

-- Answers of ITI-21 that go on: the query as it came, and the person after whom it goes on.
CREATE TABLE query_continuation (
    id @ID,
    pointer @TEXT NOT NULL UNIQUE,
    sender @TEXT NOT NULL,
    query_tag @TEXT NOT NULL,
    query @TEXT NOT NULL,
    after_person BIGINT NOT NULL,
    expires_us BIGINT NOT NULL
);
CREATE INDEX query_continuation_by_sender ON query_continuation (sender, id);
