-- Imaging: studies, series and instances as in DICOM (PS3.3 A.1.2), and who speaks DICOM with us.
-- Texts are decoded (UTF-8) with the verdict on their character set; the bytes are objects.

-- A study of an identity at a source. told_ is what the source's C-FIND says of it; the counts are
-- what is held here and not hidden. started_us is the smallest BIGINT where no date is said.
-- modalities, body_parts and sop_classes are JSON arrays in order. copy_of is the study of another
-- source of which this one is an imported copy. revision grows with every change that a manifest
-- would show; manifest_revision is that of the manifest document.
CREATE TABLE study (
    id @ID,
    identity_id BIGINT NOT NULL REFERENCES identity (id),
    source_id BIGINT NOT NULL REFERENCES source (id),
    study_instance_uid @TEXT NOT NULL,
    study_date @TEXT NOT NULL,
    study_time @TEXT NOT NULL,
    started_us BIGINT NOT NULL,
    day BIGINT NOT NULL,
    description @TEXT NOT NULL,
    accession_number @TEXT NOT NULL,
    local_study_id @TEXT NOT NULL,
    referring_physician @TEXT NOT NULL,
    institution @TEXT NOT NULL,
    patient_id @TEXT NOT NULL,
    patient_name @TEXT NOT NULL,
    patient_birth_date @TEXT NOT NULL,
    patient_sex @TEXT NOT NULL,
    modalities @TEXT NOT NULL,
    body_parts @TEXT NOT NULL,
    sop_classes @TEXT NOT NULL,
    character_set @TEXT NOT NULL,
    text_verdict @TEXT NOT NULL,
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
    hidden_reason @TEXT NOT NULL,
    left_out_by @TEXT NOT NULL,
    copy_of BIGINT,
    restricted BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    manifest_unique_id @TEXT NOT NULL,
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

-- thumbnail_instance_id is the instance whose thumbnail stands for the series.
CREATE TABLE series (
    id @ID,
    study_id BIGINT NOT NULL REFERENCES study (id),
    series_instance_uid @TEXT NOT NULL,
    series_number BIGINT,
    modality @TEXT NOT NULL,
    description @TEXT NOT NULL,
    body_part @TEXT NOT NULL,
    laterality @TEXT NOT NULL,
    protocol @TEXT NOT NULL,
    series_date @TEXT NOT NULL,
    series_time @TEXT NOT NULL,
    institution @TEXT NOT NULL,
    station @TEXT NOT NULL,
    manufacturer @TEXT NOT NULL,
    device_model @TEXT NOT NULL,
    frame_of_reference_uid @TEXT NOT NULL,
    character_set @TEXT NOT NULL,
    text_verdict @TEXT NOT NULL,
    instance_count BIGINT NOT NULL,
    total_bytes BIGINT NOT NULL,
    told_instances BIGINT,
    thumbnail_instance_id BIGINT,
    created_us BIGINT NOT NULL,
    updated_us BIGINT NOT NULL,
    UNIQUE (study_id, series_instance_uid)
);

-- The object of sha256 is a Part 10 file: our preamble and file meta information, then, from
-- data_set_offset on, the data set as received, whose hash is data_set_sha256. latest is 0 for what
-- another object of the same SOP Instance UID and other bytes has taken the place of. Where pixel
-- data begin and how long they are in the object; no offset where there are none, no size where
-- they have no defined length. instance_number is the smallest BIGINT where it is not said.
-- kind is what it is for people: image, key-images, presentation-state, report, document, …
CREATE TABLE instance (
    id @ID,
    study_id BIGINT NOT NULL REFERENCES study (id),
    series_id BIGINT NOT NULL REFERENCES series (id),
    sop_instance_uid @TEXT NOT NULL,
    sop_class_uid @TEXT NOT NULL,
    transfer_syntax_uid @TEXT NOT NULL,
    instance_number BIGINT NOT NULL,
    kind @TEXT NOT NULL,
    title @TEXT NOT NULL,
    pixel_rows BIGINT NOT NULL,
    pixel_columns BIGINT NOT NULL,
    frames BIGINT NOT NULL,
    sha256 @BYTES NOT NULL,
    size BIGINT NOT NULL,
    data_set_offset BIGINT NOT NULL,
    data_set_sha256 @BYTES NOT NULL,
    pixel_offset BIGINT,
    pixel_size BIGINT,
    text_verdict @TEXT NOT NULL,
    latest BIGINT NOT NULL,
    hidden_us BIGINT,
    hidden_reason @TEXT NOT NULL,
    received_us BIGINT NOT NULL,
    UNIQUE (series_id, sop_instance_uid, data_set_sha256)
);
CREATE INDEX instance_by_number ON instance (series_id, instance_number, id);
CREATE INDEX instance_by_study ON instance (study_id, id);
CREATE INDEX instance_by_uid ON instance (sop_instance_uid);
CREATE INDEX instance_by_object ON instance (sha256);

-- DICOM JSON (PS3.18 F) of an instance that no part of its series' metadata holds yet: an object
-- without bulk data, compressed by gzip.
CREATE TABLE instance_header (
    series_id BIGINT NOT NULL,
    instance_id BIGINT NOT NULL,
    json @BYTES NOT NULL,
    PRIMARY KEY (series_id, instance_id)
) @CLUSTERED;

-- The DICOM JSON of the other instances: objects with commas between them, compressed by gzip as
-- one member, so that members of several parts can follow one another. Parts are never rewritten
-- while a series grows.
CREATE TABLE series_metadata (
    series_id BIGINT NOT NULL,
    part BIGINT NOT NULL,
    instance_count BIGINT NOT NULL,
    json @BYTES NOT NULL,
    PRIMARY KEY (series_id, part)
) @CLUSTERED;

-- A small JPEG of an instance, or the reason why there is none.
CREATE TABLE thumbnail (
    instance_id BIGINT NOT NULL PRIMARY KEY REFERENCES instance (id),
    series_id BIGINT NOT NULL,
    jpeg @BYTES,
    failure @TEXT NOT NULL,
    rules_version BIGINT NOT NULL
) @CLUSTERED;

-- What a rejection note (IHE RAD TF-3 IOCM) takes back, whether it is here or still comes.
CREATE TABLE instance_rejection (
    identity_id BIGINT NOT NULL REFERENCES identity (id),
    source_id BIGINT NOT NULL REFERENCES source (id),
    sop_instance_uid @TEXT NOT NULL,
    reason @TEXT NOT NULL,
    note_uid @TEXT NOT NULL,
    at_us BIGINT NOT NULL,
    PRIMARY KEY (identity_id, source_id, sop_instance_uid)
) @CLUSTERED;

-- Verdicts on character sets by what made the text: the importing device and station.
CREATE TABLE character_set_count (
    source_id BIGINT NOT NULL REFERENCES source (id),
    station @TEXT NOT NULL,
    device @TEXT NOT NULL,
    declared @TEXT NOT NULL,
    verdict @TEXT NOT NULL,
    instances BIGINT NOT NULL,
    last_us BIGINT NOT NULL,
    PRIMARY KEY (source_id, station, device, declared, verdict)
) @CLUSTERED;

-- Application entities that speak DICOM with us. host is where it listens and from where it calls;
-- fingerprint is SHA-256 of its certificate, '' where it shows none. With a source it gives that
-- one's images; whoever queries sees what its facility may see.
CREATE TABLE dicom_peer (
    id @ID,
    name @TEXT NOT NULL UNIQUE,
    ae_title @TEXT NOT NULL,
    our_ae_title @TEXT NOT NULL,
    host @TEXT NOT NULL,
    port BIGINT NOT NULL,
    fingerprint @TEXT NOT NULL,
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

-- Bytes of a quarantined DICOM object are an object of the store.
ALTER TABLE quarantine ADD COLUMN in_objects BIGINT NOT NULL DEFAULT 0;
CREATE INDEX quarantine_by_object ON quarantine (sha256) WHERE in_objects = 1;
