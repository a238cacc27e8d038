-- What the migrations make, in SQLite's notation. Written by the test of the schema:
-- UPDATE_SCHEMA=1 cargo test -p store --test all schema::

CREATE TABLE setting (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE facility (
    id INTEGER PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    short_name TEXT NOT NULL,
    facility_type TEXT NOT NULL,
    mark BIGINT NOT NULL,
    created_us BIGINT NOT NULL
);

CREATE TABLE domain (
    id INTEGER PRIMARY KEY,
    oid TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL
, affinity BIGINT NOT NULL DEFAULT 0, digits BIGINT NOT NULL DEFAULT 0, padded BIGINT NOT NULL DEFAULT 0, check_digit TEXT NOT NULL DEFAULT '');

CREATE TABLE source (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    facility_id BIGINT NOT NULL REFERENCES facility (id),
    domain_id BIGINT NOT NULL REFERENCES domain (id),
    kind TEXT NOT NULL,
    oid TEXT NOT NULL UNIQUE,
    settings TEXT NOT NULL,
    paused BIGINT NOT NULL,
    created_us BIGINT NOT NULL
, feed_enrolment TEXT NOT NULL DEFAULT '', read_age_ms BIGINT);

CREATE TABLE source_root (
    source_id BIGINT NOT NULL REFERENCES source (id),
    role TEXT NOT NULL,
    ordinal BIGINT NOT NULL,
    path BLOB NOT NULL,
    PRIMARY KEY (source_id, role, ordinal)
) WITHOUT ROWID;

CREATE TABLE source_state (
    source_id BIGINT NOT NULL PRIMARY KEY REFERENCES source (id),
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    since_us BIGINT NOT NULL,
    last_contact_us BIGINT,
    last_item_us BIGINT
) WITHOUT ROWID;

CREATE TABLE source_freshness (
    source_id BIGINT NOT NULL REFERENCES source (id),
    category TEXT NOT NULL,
    newest_sent TEXT NOT NULL,
    newest_sent_us BIGINT NOT NULL,
    taken_us BIGINT NOT NULL,
    PRIMARY KEY (source_id, category)
) WITHOUT ROWID;

CREATE TABLE person (
    id INTEGER PRIMARY KEY,
    community_id TEXT NOT NULL UNIQUE,
    merged_into BIGINT,
    created_us BIGINT NOT NULL
);

CREATE TABLE identity (
    id INTEGER PRIMARY KEY,
    domain_id BIGINT NOT NULL REFERENCES domain (id),
    local_id TEXT NOT NULL,
    person_id BIGINT NOT NULL REFERENCES person (id),
    demographics TEXT NOT NULL,
    demographics_sent TEXT NOT NULL,
    authoritative BIGINT NOT NULL,
    said TEXT NOT NULL,
    birth_day BIGINT,
    sex TEXT NOT NULL,
    created_us BIGINT NOT NULL,
    updated_us BIGINT NOT NULL,
    UNIQUE (domain_id, local_id)
);

CREATE INDEX identity_by_person ON identity (person_id);

CREATE INDEX identity_by_birth_day ON identity (birth_day);

CREATE TABLE identity_token (
    token TEXT NOT NULL,
    identity_id BIGINT NOT NULL REFERENCES identity (id),
    PRIMARY KEY (token, identity_id)
) WITHOUT ROWID;

CREATE INDEX identity_token_by_identity ON identity_token (identity_id);

CREATE TABLE identity_event (
    id INTEGER PRIMARY KEY,
    at_us BIGINT NOT NULL,
    kind TEXT NOT NULL,
    identity_id BIGINT NOT NULL REFERENCES identity (id),
    person_before BIGINT,
    person_after BIGINT,
    actor TEXT NOT NULL,
    evidence TEXT NOT NULL,
    undoes BIGINT
);

CREATE INDEX identity_event_by_identity ON identity_event (identity_id, id);

CREATE TABLE enrolment (
    identity_id BIGINT NOT NULL PRIMARY KEY REFERENCES identity (id),
    enrolled_us BIGINT NOT NULL,
    withdrawn_us BIGINT,
    actor TEXT NOT NULL
, suspended_us BIGINT) WITHOUT ROWID;

CREATE TABLE consent (
    id INTEGER PRIMARY KEY,
    person_id BIGINT NOT NULL REFERENCES person (id),
    discloser_facility_id BIGINT,
    viewer_facility_id BIGINT NOT NULL REFERENCES facility (id),
    categories TEXT,
    permit BIGINT NOT NULL,
    from_us BIGINT NOT NULL,
    until_us BIGINT,
    withdrawn_us BIGINT,
    basis TEXT NOT NULL,
    actor TEXT NOT NULL,
    created_us BIGINT NOT NULL
);

CREATE INDEX consent_by_person ON consent (person_id);

CREATE INDEX consent_by_viewer ON consent (viewer_facility_id, person_id);

CREATE TABLE submission_set (
    id INTEGER PRIMARY KEY,
    entry_uuid BLOB NOT NULL UNIQUE,
    unique_id TEXT NOT NULL UNIQUE,
    identity_id BIGINT NOT NULL REFERENCES identity (id),
    submitted_us BIGINT NOT NULL,
    metadata TEXT NOT NULL
, source_id BIGINT);

CREATE INDEX submission_set_by_identity ON submission_set (identity_id, id);

CREATE TABLE item (
    id INTEGER PRIMARY KEY,
    source_id BIGINT NOT NULL REFERENCES source (id),
    patient_id TEXT NOT NULL,
    storage BIGINT NOT NULL,
    data_type TEXT NOT NULL,
    care_date TEXT NOT NULL,
    order_key TEXT NOT NULL,
    identity_id BIGINT NOT NULL REFERENCES identity (id),
    UNIQUE (source_id, patient_id, storage, data_type, care_date, order_key)
);

CREATE TABLE association (
    id INTEGER PRIMARY KEY,
    entry_uuid BLOB NOT NULL UNIQUE,
    association_type TEXT NOT NULL,
    source_kind BIGINT NOT NULL,
    source_id BIGINT NOT NULL,
    target_kind BIGINT NOT NULL,
    target_id BIGINT NOT NULL,
    original BIGINT NOT NULL,
    submission_set_id BIGINT NOT NULL REFERENCES submission_set (id)
, availability BIGINT NOT NULL DEFAULT 1, details TEXT NOT NULL DEFAULT '');

CREATE INDEX association_by_source ON association (source_kind, source_id);

CREATE INDEX association_by_target ON association (target_kind, target_id);

CREATE TABLE fact (
    identity_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    at_us BIGINT NOT NULL,
    document_id BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    source_id BIGINT,
    chart_key TEXT NOT NULL,
    status TEXT NOT NULL,
    body TEXT NOT NULL, restricted BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (identity_id, kind, at_us, document_id, ordinal)
) WITHOUT ROWID;

CREATE INDEX fact_by_document ON fact (document_id);

CREATE TABLE timeline_entry (
    identity_id BIGINT NOT NULL,
    at_us BIGINT NOT NULL,
    document_id BIGINT NOT NULL,
    day BIGINT NOT NULL,
    source_id BIGINT,
    category TEXT NOT NULL,
    label TEXT NOT NULL,
    item_count BIGINT NOT NULL,
    abnormal BIGINT NOT NULL,
    department TEXT NOT NULL,
    inpatient BIGINT,
    until_us BIGINT,
    until_day BIGINT,
    content_key BIGINT NOT NULL,
    taken_us BIGINT NOT NULL, restricted BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (identity_id, at_us, document_id)
) WITHOUT ROWID;

CREATE INDEX timeline_entry_by_document ON timeline_entry (document_id);

CREATE TABLE intake_file (
    source_id BIGINT NOT NULL,
    patient_id TEXT NOT NULL,
    path BLOB NOT NULL,
    size BIGINT NOT NULL,
    modified_us BIGINT NOT NULL,
    outcome TEXT NOT NULL,
    unique_id TEXT NOT NULL,
    PRIMARY KEY (source_id, patient_id, path)
) WITHOUT ROWID;

CREATE TABLE transaction_cursor (
    source_id BIGINT NOT NULL,
    root_ordinal BIGINT NOT NULL,
    file BLOB NOT NULL,
    byte_offset BIGINT NOT NULL,
    last_sent TEXT NOT NULL,
    PRIMARY KEY (source_id, root_ordinal)
) WITHOUT ROWID;

CREATE TABLE quarantine (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    source_id BIGINT NOT NULL REFERENCES source (id),
    place BLOB NOT NULL,
    patient_id TEXT NOT NULL,
    reason TEXT NOT NULL,
    detail TEXT NOT NULL,
    size BIGINT NOT NULL,
    sha256 BLOB,
    modified_us BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    first_us BIGINT NOT NULL,
    last_us BIGINT NOT NULL, in_objects BIGINT NOT NULL DEFAULT 0,
    UNIQUE (source_id, place)
);

CREATE TABLE quarantine_bytes (
    quarantine_id BIGINT NOT NULL PRIMARY KEY REFERENCES quarantine (id),
    bytes BLOB NOT NULL
);

CREATE TABLE pull (
    id INTEGER PRIMARY KEY,
    source_id BIGINT NOT NULL REFERENCES source (id),
    mode TEXT NOT NULL,
    started_us BIGINT NOT NULL,
    finished_us BIGINT,
    listed BIGINT NOT NULL,
    taken BIGINT NOT NULL,
    unchanged BIGINT NOT NULL,
    quarantined BIGINT NOT NULL,
    outcome TEXT NOT NULL
);

CREATE INDEX pull_by_source ON pull (source_id, id);

CREATE TABLE job (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    payload TEXT NOT NULL,
    run_after_us BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    leased_until_us BIGINT NOT NULL,
    fencing_token BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    last_error TEXT NOT NULL,
    UNIQUE (kind, key)
);

CREATE INDEX job_by_run_after ON job (kind, run_after_us);

CREATE TABLE lease (
    name TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    fencing_token BIGINT NOT NULL,
    until_us BIGINT NOT NULL
);

CREATE TABLE account (
    id INTEGER PRIMARY KEY,
    login TEXT NOT NULL UNIQUE,
    display_name TEXT NOT NULL,
    facility_id BIGINT NOT NULL REFERENCES facility (id),
    role TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    totp_secret BLOB NOT NULL,
    totp_last_step BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    locked_until_us BIGINT NOT NULL,
    language TEXT NOT NULL,
    theme TEXT NOT NULL,
    single_keys BIGINT NOT NULL,
    disabled_us BIGINT,
    created_us BIGINT NOT NULL
);

CREATE TABLE session (
    token_hash BLOB NOT NULL PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES account (id),
    factors BIGINT NOT NULL,
    created_us BIGINT NOT NULL,
    seen_us BIGINT NOT NULL
);

CREATE TABLE person_view (
    account_id BIGINT NOT NULL REFERENCES account (id),
    person_id BIGINT NOT NULL REFERENCES person (id),
    seen_us BIGINT NOT NULL,
    previous_us BIGINT,
    PRIMARY KEY (account_id, person_id)
) WITHOUT ROWID;

CREATE TABLE audit_event (
    id INTEGER PRIMARY KEY,
    at_us BIGINT NOT NULL,
    actor TEXT NOT NULL,
    account_id BIGINT,
    action TEXT NOT NULL,
    outcome BIGINT NOT NULL,
    person_id BIGINT,
    detail TEXT NOT NULL
);

CREATE INDEX audit_event_by_person ON audit_event (person_id, id);

CREATE TABLE "document" (
    id INTEGER PRIMARY KEY,
    entry_uuid BLOB NOT NULL UNIQUE,
    unique_id TEXT NOT NULL,
    identity_id BIGINT NOT NULL REFERENCES identity (id),
    source_id BIGINT,
    item_id BIGINT,
    submission_set_id BIGINT NOT NULL REFERENCES submission_set (id),
    sent TEXT NOT NULL,
    told_state BIGINT NOT NULL,
    delete_message BIGINT NOT NULL,
    version_state BIGINT NOT NULL,
    availability BIGINT NOT NULL,
    deleted_us BIGINT,
    deletion_known_from TEXT,
    category TEXT NOT NULL,
    class_code TEXT NOT NULL,
    type_code TEXT NOT NULL,
    format_code TEXT NOT NULL,
    mime_type TEXT NOT NULL,
    service_start_us BIGINT,
    service_stop_us BIGINT,
    creation_us BIGINT NOT NULL,
    size BIGINT NOT NULL,
    sha256 BLOB NOT NULL,
    in_objects BIGINT NOT NULL,
    flags TEXT NOT NULL,
    text_verdict TEXT NOT NULL,
    metadata TEXT NOT NULL,
    created_us BIGINT NOT NULL,
    object_type BIGINT NOT NULL,
    logical_uuid BLOB NOT NULL,
    metadata_version BIGINT NOT NULL,
    held BIGINT NOT NULL,
    repository_oid TEXT NOT NULL,
    member_implied BIGINT NOT NULL
, rules_version BIGINT NOT NULL DEFAULT 0, restricted BIGINT NOT NULL DEFAULT 0);

CREATE TABLE "document_bytes" (
    document_id BIGINT NOT NULL PRIMARY KEY REFERENCES "document" (id),
    bytes BLOB NOT NULL
);

CREATE INDEX document_by_identity ON document (identity_id, availability, service_start_us);

CREATE INDEX document_by_item ON document (item_id, sent);

CREATE TABLE "folder" (
    id INTEGER PRIMARY KEY,
    entry_uuid BLOB NOT NULL UNIQUE,
    unique_id TEXT NOT NULL,
    identity_id BIGINT NOT NULL REFERENCES identity (id),
    availability BIGINT NOT NULL,
    last_update_us BIGINT NOT NULL,
    metadata TEXT NOT NULL,
    logical_uuid BLOB NOT NULL,
    metadata_version BIGINT NOT NULL
);

CREATE INDEX folder_by_identity ON folder (identity_id, availability);

CREATE INDEX document_by_set ON document (submission_set_id);

CREATE INDEX document_by_unique_id ON document (unique_id);

CREATE UNIQUE INDEX document_version_by_unique_id ON document (unique_id) WHERE item_id IS NOT NULL;

CREATE INDEX document_by_logical_uuid ON document (logical_uuid) WHERE metadata_version > 1;

CREATE INDEX folder_by_unique_id ON folder (unique_id);

CREATE INDEX folder_by_logical_uuid ON folder (logical_uuid) WHERE metadata_version > 1;

CREATE TABLE peer (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    facility_id BIGINT NOT NULL REFERENCES facility (id),
    fingerprint TEXT NOT NULL,
    certificate TEXT NOT NULL,
    roots TEXT NOT NULL,
    registry_url TEXT NOT NULL,
    repository_url TEXT NOT NULL,
    repository_oid TEXT NOT NULL,
    home_oid TEXT NOT NULL,
    may_submit BIGINT NOT NULL,
    is_gateway BIGINT NOT NULL,
    disabled BIGINT NOT NULL,
    may_remove BIGINT NOT NULL DEFAULT 0,
    created_us BIGINT NOT NULL
, source_id BIGINT, may_change_all BIGINT NOT NULL DEFAULT 0);

CREATE UNIQUE INDEX peer_by_fingerprint ON peer (fingerprint) WHERE fingerprint <> '';

CREATE TABLE peer_message (
    id INTEGER PRIMARY KEY,
    peer_id BIGINT NOT NULL REFERENCES peer (id),
    at_us BIGINT NOT NULL,
    action TEXT NOT NULL,
    outcome TEXT NOT NULL,
    request TEXT NOT NULL,
    answer TEXT NOT NULL
);

CREATE INDEX peer_message_by_peer ON peer_message (peer_id, id);

CREATE TABLE left_document (
    id INTEGER PRIMARY KEY,
    unique_id TEXT NOT NULL,
    identity_id BIGINT NOT NULL REFERENCES identity (id),
    mime_type TEXT NOT NULL,
    size BIGINT NOT NULL,
    sha256 BLOB NOT NULL,
    in_objects BIGINT NOT NULL,
    bytes BLOB,
    removed_us BIGINT NOT NULL
, source_id BIGINT, category TEXT NOT NULL DEFAULT '', restricted BIGINT NOT NULL DEFAULT 0);

CREATE INDEX left_document_by_unique_id ON left_document (unique_id);

CREATE INDEX left_document_by_object ON left_document (sha256) WHERE in_objects = 1;

CREATE INDEX document_by_object ON document (sha256) WHERE in_objects = 1;

CREATE TABLE doomed_object (
    sha256 BLOB NOT NULL PRIMARY KEY,
    going BIGINT NOT NULL
);

CREATE TABLE removed_object (
    entry_uuid BLOB NOT NULL PRIMARY KEY,
    removed_us BIGINT NOT NULL
);

CREATE INDEX quarantine_by_patient ON quarantine (source_id, patient_id);

CREATE TABLE merged_identity (
    identity_id BIGINT NOT NULL PRIMARY KEY REFERENCES identity (id),
    into_identity_id BIGINT NOT NULL REFERENCES identity (id),
    sent TEXT NOT NULL,
    event_id BIGINT NOT NULL,
    link_event_id BIGINT,
    merged_us BIGINT NOT NULL
) WITHOUT ROWID;

CREATE INDEX merged_identity_by_survivor ON merged_identity (into_identity_id);

CREATE TABLE message_receipt (
    id INTEGER PRIMARY KEY,
    sender TEXT NOT NULL,
    control_id TEXT NOT NULL,
    sha256 BLOB NOT NULL,
    answer BLOB NOT NULL,
    at_us BIGINT NOT NULL
);

CREATE UNIQUE INDEX message_receipt_by_control_id ON message_receipt (sender, control_id);

CREATE INDEX message_receipt_by_sender ON message_receipt (sender, id);

CREATE TABLE notification_consumer (
    name TEXT NOT NULL PRIMARY KEY
) WITHOUT ROWID;

CREATE TABLE query_continuation (
    id INTEGER PRIMARY KEY,
    pointer TEXT NOT NULL UNIQUE,
    sender TEXT NOT NULL,
    query_tag TEXT NOT NULL,
    query TEXT NOT NULL,
    after_person BIGINT NOT NULL,
    expires_us BIGINT NOT NULL
);

CREATE INDEX query_continuation_by_sender ON query_continuation (sender, id);

CREATE TABLE link_evidence (
    identity_id BIGINT NOT NULL PRIMARY KEY REFERENCES identity (id),
    domain_id BIGINT NOT NULL,
    norm_version BIGINT NOT NULL,
    evidence TEXT NOT NULL,
    updated_us BIGINT NOT NULL
) WITHOUT ROWID;

CREATE INDEX link_evidence_by_norm_version ON link_evidence (norm_version, identity_id);

CREATE TABLE link_key (
    key BIGINT NOT NULL,
    identity_id BIGINT NOT NULL REFERENCES identity (id),
    PRIMARY KEY (key, identity_id)
) WITHOUT ROWID;

CREATE INDEX link_key_by_identity ON link_key (identity_id);

CREATE TABLE link_automatic (
    identity_id BIGINT NOT NULL PRIMARY KEY REFERENCES identity (id),
    unit BIGINT NOT NULL,
    event_id BIGINT NOT NULL,
    model TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE link_tie (
    one BIGINT NOT NULL REFERENCES identity (id),
    other BIGINT NOT NULL REFERENCES identity (id),
    kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    at_us BIGINT NOT NULL,
    PRIMARY KEY (one, other)
) WITHOUT ROWID;

CREATE INDEX link_tie_by_other ON link_tie (other);

CREATE TABLE link_review (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    one BIGINT NOT NULL REFERENCES identity (id),
    other BIGINT NOT NULL REFERENCES identity (id),
    state TEXT NOT NULL,
    alarm BIGINT NOT NULL,
    priority BIGINT NOT NULL,
    reason TEXT NOT NULL,
    score_millibits BIGINT NOT NULL,
    explanation TEXT NOT NULL,
    opened_us BIGINT NOT NULL,
    changed_us BIGINT NOT NULL
);

CREATE INDEX link_review_by_state ON link_review (state, priority, id);

CREATE INDEX link_review_by_one ON link_review (one);

CREATE INDEX link_review_by_other ON link_review (other);

CREATE TABLE link_decision (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    review_id BIGINT NOT NULL REFERENCES link_review (id),
    verdict TEXT NOT NULL,
    actor TEXT NOT NULL,
    at_us BIGINT NOT NULL,
    note TEXT NOT NULL,
    effects TEXT NOT NULL,
    undone_us BIGINT,
    undone_by TEXT
);

CREATE INDEX link_decision_by_review ON link_decision (review_id, id);

CREATE TABLE link_model (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    digest TEXT NOT NULL,
    state TEXT NOT NULL,
    made_us BIGINT NOT NULL,
    activated_us BIGINT,
    model TEXT NOT NULL,
    report TEXT NOT NULL
);

CREATE INDEX link_model_by_state ON link_model (state, id);

CREATE TABLE number_rule (
    from_domain_id BIGINT NOT NULL REFERENCES domain (id),
    to_domain_id BIGINT NOT NULL REFERENCES domain (id),
    rule TEXT NOT NULL,
    PRIMARY KEY (from_domain_id, to_domain_id)
) WITHOUT ROWID;

CREATE INDEX number_rule_by_target ON number_rule (to_domain_id);

CREATE TABLE study (
    id INTEGER PRIMARY KEY,
    identity_id BIGINT NOT NULL REFERENCES identity (id),
    source_id BIGINT NOT NULL REFERENCES source (id),
    study_instance_uid TEXT NOT NULL,
    study_date TEXT NOT NULL,
    study_time TEXT NOT NULL,
    started_us BIGINT NOT NULL,
    day BIGINT NOT NULL,
    description TEXT NOT NULL,
    accession_number TEXT NOT NULL,
    local_study_id TEXT NOT NULL,
    referring_physician TEXT NOT NULL,
    institution TEXT NOT NULL,
    patient_id TEXT NOT NULL,
    patient_name TEXT NOT NULL,
    patient_birth_date TEXT NOT NULL,
    patient_sex TEXT NOT NULL,
    modalities TEXT NOT NULL,
    body_parts TEXT NOT NULL,
    sop_classes TEXT NOT NULL,
    character_set TEXT NOT NULL,
    text_verdict TEXT NOT NULL,
    series_count BIGINT NOT NULL,
    instance_count BIGINT NOT NULL,
    image_count BIGINT NOT NULL,
    variant_count BIGINT NOT NULL,
    total_bytes BIGINT NOT NULL,
    told_series BIGINT,
    told_instances BIGINT,
    told_us BIGINT,
    wanted_us BIGINT,
    fetching_us BIGINT,
    disappeared_us BIGINT,
    hidden_us BIGINT,
    hidden_reason TEXT NOT NULL,
    left_out_by TEXT NOT NULL,
    copy_of BIGINT,
    restricted BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    manifest_unique_id TEXT NOT NULL,
    manifest_revision BIGINT NOT NULL,
    rules_version BIGINT NOT NULL,
    created_us BIGINT NOT NULL,
    updated_us BIGINT NOT NULL,
    UNIQUE (identity_id, source_id, study_instance_uid)
);

CREATE INDEX study_by_uid ON study (study_instance_uid);

CREATE INDEX study_by_start ON study (identity_id, started_us, id);

CREATE INDEX study_by_source ON study (source_id, id);

CREATE INDEX study_by_accession ON study (accession_number) WHERE accession_number <> '';

CREATE TABLE series (
    id INTEGER PRIMARY KEY,
    study_id BIGINT NOT NULL REFERENCES study (id),
    series_instance_uid TEXT NOT NULL,
    series_number BIGINT,
    modality TEXT NOT NULL,
    description TEXT NOT NULL,
    body_part TEXT NOT NULL,
    laterality TEXT NOT NULL,
    protocol TEXT NOT NULL,
    series_date TEXT NOT NULL,
    series_time TEXT NOT NULL,
    institution TEXT NOT NULL,
    station TEXT NOT NULL,
    manufacturer TEXT NOT NULL,
    device_model TEXT NOT NULL,
    frame_of_reference_uid TEXT NOT NULL,
    character_set TEXT NOT NULL,
    text_verdict TEXT NOT NULL,
    instance_count BIGINT NOT NULL,
    total_bytes BIGINT NOT NULL,
    told_instances BIGINT,
    thumbnail_instance_id BIGINT,
    created_us BIGINT NOT NULL,
    updated_us BIGINT NOT NULL,
    UNIQUE (study_id, series_instance_uid)
);

CREATE TABLE instance (
    id INTEGER PRIMARY KEY,
    study_id BIGINT NOT NULL REFERENCES study (id),
    series_id BIGINT NOT NULL REFERENCES series (id),
    sop_instance_uid TEXT NOT NULL,
    sop_class_uid TEXT NOT NULL,
    transfer_syntax_uid TEXT NOT NULL,
    instance_number BIGINT NOT NULL,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    pixel_rows BIGINT NOT NULL,
    pixel_columns BIGINT NOT NULL,
    frames BIGINT NOT NULL,
    sha256 BLOB NOT NULL,
    size BIGINT NOT NULL,
    data_set_offset BIGINT NOT NULL,
    data_set_sha256 BLOB NOT NULL,
    pixel_offset BIGINT,
    pixel_size BIGINT,
    text_verdict TEXT NOT NULL,
    latest BIGINT NOT NULL,
    hidden_us BIGINT,
    hidden_reason TEXT NOT NULL,
    received_us BIGINT NOT NULL,
    UNIQUE (series_id, sop_instance_uid, data_set_sha256)
);

CREATE INDEX instance_by_number ON instance (series_id, instance_number, id);

CREATE INDEX instance_by_study ON instance (study_id, id);

CREATE INDEX instance_by_uid ON instance (sop_instance_uid);

CREATE INDEX instance_by_object ON instance (sha256);

CREATE TABLE instance_header (
    series_id BIGINT NOT NULL,
    instance_id BIGINT NOT NULL,
    json BLOB NOT NULL,
    PRIMARY KEY (series_id, instance_id)
) WITHOUT ROWID;

CREATE TABLE series_metadata (
    series_id BIGINT NOT NULL,
    part BIGINT NOT NULL,
    instance_count BIGINT NOT NULL,
    json BLOB NOT NULL,
    PRIMARY KEY (series_id, part)
) WITHOUT ROWID;

CREATE TABLE thumbnail (
    instance_id BIGINT NOT NULL PRIMARY KEY REFERENCES instance (id),
    series_id BIGINT NOT NULL,
    jpeg BLOB,
    failure TEXT NOT NULL,
    rules_version BIGINT NOT NULL
) WITHOUT ROWID;

CREATE TABLE instance_rejection (
    identity_id BIGINT NOT NULL REFERENCES identity (id),
    source_id BIGINT NOT NULL REFERENCES source (id),
    sop_instance_uid TEXT NOT NULL,
    reason TEXT NOT NULL,
    note_uid TEXT NOT NULL,
    at_us BIGINT NOT NULL,
    PRIMARY KEY (identity_id, source_id, sop_instance_uid)
) WITHOUT ROWID;

CREATE TABLE character_set_count (
    source_id BIGINT NOT NULL REFERENCES source (id),
    station TEXT NOT NULL,
    device TEXT NOT NULL,
    declared TEXT NOT NULL,
    verdict TEXT NOT NULL,
    instances BIGINT NOT NULL,
    last_us BIGINT NOT NULL,
    PRIMARY KEY (source_id, station, device, declared, verdict)
) WITHOUT ROWID;

CREATE TABLE dicom_peer (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    ae_title TEXT NOT NULL,
    our_ae_title TEXT NOT NULL,
    host TEXT NOT NULL,
    port BIGINT NOT NULL,
    fingerprint TEXT NOT NULL,
    tls BIGINT NOT NULL,
    facility_id BIGINT NOT NULL REFERENCES facility (id),
    source_id BIGINT REFERENCES source (id),
    may_store BIGINT NOT NULL,
    may_query BIGINT NOT NULL,
    disabled BIGINT NOT NULL,
    created_us BIGINT NOT NULL
);

CREATE INDEX dicom_peer_by_ae_title ON dicom_peer (ae_title);

CREATE INDEX dicom_peer_by_source ON dicom_peer (source_id);

CREATE INDEX quarantine_by_object ON quarantine (sha256) WHERE in_objects = 1;
