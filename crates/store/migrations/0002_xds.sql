-- XDS over the wire. Versions of an entry's metadata (ITI-57) share its uniqueId, and a document
-- may be registered twice with the same bytes: uniqueId is no longer unique among documents and
-- folders. Only one row of a uniqueId is a version of a storage's item.
--
-- document: object_type 1 stable, 2 on-demand; logical_uuid and metadata_version count the
-- versions of one entry; held says that the bytes are here, repository_oid where they are to be
-- had; member_implied says that the set's HasMember to it has no row in association.
-- association: details is the compact JSON of what it says beyond its ends, empty for nothing.

@SQLITE_ONLY
CREATE TABLE document_new (
    id @ID,
    entry_uuid @BYTES NOT NULL UNIQUE,
    unique_id @TEXT NOT NULL,
    identity_id BIGINT NOT NULL REFERENCES identity (id),
    source_id BIGINT,
    item_id BIGINT,
    submission_set_id BIGINT NOT NULL REFERENCES submission_set (id),
    sent @TEXT NOT NULL,
    told_state BIGINT NOT NULL,
    delete_message BIGINT NOT NULL,
    version_state BIGINT NOT NULL,
    availability BIGINT NOT NULL,
    deleted_us BIGINT,
    deletion_known_from @TEXT,
    category @TEXT NOT NULL,
    class_code @TEXT NOT NULL,
    type_code @TEXT NOT NULL,
    format_code @TEXT NOT NULL,
    mime_type @TEXT NOT NULL,
    service_start_us BIGINT,
    service_stop_us BIGINT,
    creation_us BIGINT NOT NULL,
    size BIGINT NOT NULL,
    sha256 @BYTES NOT NULL,
    in_objects BIGINT NOT NULL,
    flags @TEXT NOT NULL,
    text_verdict @TEXT NOT NULL,
    metadata @TEXT NOT NULL,
    created_us BIGINT NOT NULL,
    object_type BIGINT NOT NULL,
    logical_uuid @BYTES NOT NULL,
    metadata_version BIGINT NOT NULL,
    held BIGINT NOT NULL,
    repository_oid @TEXT NOT NULL,
    member_implied BIGINT NOT NULL
);
INSERT INTO document_new
SELECT id, entry_uuid, unique_id, identity_id, source_id, item_id, submission_set_id, sent,
    told_state, delete_message, version_state, availability, deleted_us, deletion_known_from,
    category, class_code, type_code, format_code, mime_type, service_start_us, service_stop_us,
    creation_us, size, sha256, in_objects, flags, text_verdict, metadata, created_us,
    1, entry_uuid, 1, 1, json_extract(metadata, '$.r'), 1
FROM document;
CREATE TABLE document_bytes_new (
    document_id BIGINT NOT NULL PRIMARY KEY REFERENCES document_new (id),
    bytes @BYTES NOT NULL
);
INSERT INTO document_bytes_new SELECT document_id, bytes FROM document_bytes;
DROP TABLE document_bytes;
DROP TABLE document;
ALTER TABLE document_new RENAME TO document;
ALTER TABLE document_bytes_new RENAME TO document_bytes;
CREATE INDEX document_by_identity ON document (identity_id, availability, service_start_us);
CREATE INDEX document_by_item ON document (item_id, sent);

CREATE TABLE folder_new (
    id @ID,
    entry_uuid @BYTES NOT NULL UNIQUE,
    unique_id @TEXT NOT NULL,
    identity_id BIGINT NOT NULL REFERENCES identity (id),
    availability BIGINT NOT NULL,
    last_update_us BIGINT NOT NULL,
    metadata @TEXT NOT NULL,
    logical_uuid @BYTES NOT NULL,
    metadata_version BIGINT NOT NULL
);
INSERT INTO folder_new
SELECT id, entry_uuid, unique_id, identity_id, availability, last_update_us, metadata,
    entry_uuid, 1
FROM folder;
DROP TABLE folder;
ALTER TABLE folder_new RENAME TO folder;
CREATE INDEX folder_by_identity ON folder (identity_id, availability);
@END

@POSTGRES_ONLY
ALTER TABLE document DROP CONSTRAINT document_unique_id_key;
ALTER TABLE document ADD COLUMN object_type BIGINT NOT NULL DEFAULT 1;
ALTER TABLE document ADD COLUMN logical_uuid @BYTES;
ALTER TABLE document ADD COLUMN metadata_version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE document ADD COLUMN held BIGINT NOT NULL DEFAULT 1;
ALTER TABLE document ADD COLUMN repository_oid @TEXT NOT NULL DEFAULT '';
ALTER TABLE document ADD COLUMN member_implied BIGINT NOT NULL DEFAULT 1;
UPDATE document
SET logical_uuid = entry_uuid, repository_oid = CAST(metadata AS JSONB) ->> 'r';
ALTER TABLE document ALTER COLUMN logical_uuid SET NOT NULL;

ALTER TABLE folder DROP CONSTRAINT folder_unique_id_key;
ALTER TABLE folder ADD COLUMN logical_uuid @BYTES;
ALTER TABLE folder ADD COLUMN metadata_version BIGINT NOT NULL DEFAULT 1;
UPDATE folder SET logical_uuid = entry_uuid;
ALTER TABLE folder ALTER COLUMN logical_uuid SET NOT NULL;
@END

CREATE INDEX document_by_set ON document (submission_set_id);
CREATE INDEX document_by_unique_id ON document (unique_id);
CREATE UNIQUE INDEX document_version_by_unique_id ON document (unique_id) WHERE item_id IS NOT NULL;
CREATE INDEX document_by_logical_uuid ON document (logical_uuid) WHERE metadata_version > 1;
CREATE INDEX folder_by_unique_id ON folder (unique_id);
CREATE INDEX folder_by_logical_uuid ON folder (logical_uuid) WHERE metadata_version > 1;

ALTER TABLE association ADD COLUMN availability BIGINT NOT NULL DEFAULT 1;
ALTER TABLE association ADD COLUMN details @TEXT NOT NULL DEFAULT '';

-- 1 for the domain of community IDs: the patient IDs of the XDS affinity domain. An identity in it
-- belongs to whoever has that community ID now, and is enrolled while another of that person is.
ALTER TABLE domain ADD COLUMN affinity BIGINT NOT NULL DEFAULT 0;

-- Other systems that speak XDS with us. fingerprint is the SHA-256 of the certificate they show,
-- hexadecimal, empty for none; facility is whose viewer a peer sees as;
-- one that is disabled is refused like a stranger.
CREATE TABLE peer (
    id @ID,
    name @TEXT NOT NULL UNIQUE,
    facility_id BIGINT NOT NULL REFERENCES facility (id),
    fingerprint @TEXT NOT NULL,
    certificate @TEXT NOT NULL,
    roots @TEXT NOT NULL,
    registry_url @TEXT NOT NULL,
    repository_url @TEXT NOT NULL,
    repository_oid @TEXT NOT NULL,
    home_oid @TEXT NOT NULL,
    may_submit BIGINT NOT NULL,
    is_gateway BIGINT NOT NULL,
    is_document_source BIGINT NOT NULL,
    disabled BIGINT NOT NULL,
    may_remove BIGINT NOT NULL DEFAULT 0,
    created_us BIGINT NOT NULL
);
CREATE UNIQUE INDEX peer_by_fingerprint ON peer (fingerprint) WHERE fingerprint <> '';

-- The last messages of each peer, patient data masked before they are written.
CREATE TABLE peer_message (
    id @ID,
    peer_id BIGINT NOT NULL REFERENCES peer (id),
    at_us BIGINT NOT NULL,
    action @TEXT NOT NULL,
    outcome @TEXT NOT NULL,
    request @TEXT NOT NULL,
    answer @TEXT NOT NULL
);
CREATE INDEX peer_message_by_peer ON peer_message (peer_id, id);

-- What the repository still holds of documents whose metadata were removed (ITI-62), until the
-- bytes are removed too (ITI-86). Nobody is given these bytes.
CREATE TABLE left_document (
    id @ID,
    unique_id @TEXT NOT NULL,
    identity_id BIGINT NOT NULL REFERENCES identity (id),
    mime_type @TEXT NOT NULL,
    size BIGINT NOT NULL,
    sha256 @BYTES NOT NULL,
    in_objects BIGINT NOT NULL,
    bytes @BYTES,
    removed_us BIGINT NOT NULL
);
CREATE INDEX left_document_by_unique_id ON left_document (unique_id);
CREATE INDEX left_document_by_object ON left_document (sha256) WHERE in_objects = 1;
CREATE INDEX document_by_object ON document (sha256) WHERE in_objects = 1;

-- Objects that a row let go of: deleted unless another names them. going is 1 once that is sure;
-- from then on no row may name the object until it is gone.
CREATE TABLE doomed_object (
    sha256 @BYTES NOT NULL PRIMARY KEY,
    going BIGINT NOT NULL
);
