//! The XDS metadata of a manifest (IHE RAD TF-2 4.68.4.1.2.3).

use super::Subject;
use super::key_objects::{Referenced, unique_id};
use bytes::Bytes;
use model::document::{Author, DocumentEntry, IntakeOrigin, ReferenceId, SubmissionSet, XdsCode};
use model::hl7::{AssigningAuthority, Organization, PatientId};
use model::item::{ItemKey, Storage, VersionState};
use model::{PartialTime, Timestamp};
use ports::Submission;
use sha1::{Digest, Sha1};
use uuid::Uuid;

/// formatCode of a manifest: the UID of its SOP class (IHE RAD TF-3 4.68).
pub const FORMAT_CODE: &str = dicomfile::uids::KEY_OBJECT_SELECTION_DOCUMENT_STORAGE;
/// Data type of the logical item that a study's manifests are versions of.
pub const DATA_TYPE: &str = "KOS";

/// DICOM's own codes (PS3.16 D); also its UIDs as codes (IHE RAD TF-3).
const DCM: &str = "1.2.840.10008.2.16.4";
const DICOM_UIDS: &str = "1.2.840.10008.2.6.1";
const ACCESSION: &str = "urn:ihe:iti:xds:2013:accession";
const STUDY: &str = "urn:ihe:iti:xds:2016:studyInstanceUID";

/// The region's codes for what no manifest says by itself.
#[derive(Debug, Clone, Default)]
pub struct ManifestCodes {
    /// repositoryUniqueId of the centre.
    pub repository_oid: String,
    /// classCode of images; its code is the name of the timeline's row.
    pub class: XdsCode,
    /// typeCode of a study.
    pub document_type: XdsCode,
    /// confidentialityCode of what is open.
    pub confidentiality: XdsCode,
    /// confidentialityCode of what its facility shows to its own people only.
    pub restricted: XdsCode,
    /// practiceSettingCode of an unknown department.
    pub practice_setting: XdsCode,
    /// healthcareFacilityTypeCodes; that of a facility's own type, else the last.
    pub facility_types: Vec<XdsCode>,
    /// contentTypeCode of the submission set.
    pub content_type: XdsCode,
    /// languageCode.
    pub language: String,
    /// OID of the authority that allots facility codes.
    pub facility_code_oid: String,
}

/// The submission of a manifest. It is a version of its study's item: a later one replaces it.
pub(crate) fn submission(
    subject: &Subject<'_>,
    referenced: &Referenced<'_>,
    codes: &ManifestCodes,
    bytes: Bytes,
    now: Timestamp,
) -> Submission {
    let unique_id = unique_id(subject);
    let name_space = Uuid::new_v5(&Uuid::NAMESPACE_OID, unique_id.as_bytes());
    let entry = entry(subject, referenced, codes, &bytes, (&unique_id, name_space, now));
    let set_uuid = Uuid::new_v5(&name_space, b"set");
    let set = SubmissionSet {
        entry_uuid: Uuid::new_v5(&name_space, b"set-entry"),
        unique_id: format!("2.25.{}", set_uuid.as_u128()),
        source_oid: subject.source.oid.clone(),
        submission_time: now,
        content_type: codes.content_type.clone(),
        authors: entry.authors.clone(),
        title: entry.title.clone(),
        ..SubmissionSet::default()
    };
    Submission {
        set,
        documents: vec![(entry, bytes)],
        folders: Vec::new(),
        associations: Vec::new(),
    }
}

fn entry(
    subject: &Subject<'_>,
    referenced: &Referenced<'_>,
    codes: &ManifestCodes,
    bytes: &Bytes,
    (unique_id, name_space, now): (&str, Uuid, Timestamp),
) -> DocumentEntry {
    let (study, facility) = (subject.study, &subject.source.facility);
    let own_type = codes.facility_types.iter().find(|one| one.code == facility.facility_type);
    let level = if study.is_restricted { &codes.restricted } else { &codes.confidentiality };
    let service_start = started(study);
    DocumentEntry {
        entry_uuid: Uuid::new_v5(&name_space, b"entry"),
        unique_id: unique_id.to_owned(),
        repository_oid: codes.repository_oid.clone(),
        mime_type: "application/dicom".to_owned(),
        class_code: codes.class.clone(),
        type_code: codes.document_type.clone(),
        format_code: XdsCode {
            code: FORMAT_CODE.to_owned(),
            display: "Key Object Selection Document".to_owned(),
            scheme: DICOM_UIDS.to_owned(),
        },
        confidentiality: vec![level.clone()],
        facility_type: own_type.or(codes.facility_types.last()).cloned().unwrap_or_default(),
        practice_setting: codes.practice_setting.clone(),
        event_codes: event_codes(study),
        language: codes.language.clone(),
        title: title(subject, referenced),
        creation_time: PartialTime::japan(&digits(now)).unwrap_or_default(),
        service_stop: service_start.clone(),
        service_start,
        authors: vec![Author {
            institutions: vec![Organization {
                name: facility.name.clone(),
                id: facility.code.clone(),
                authority_oid: codes.facility_code_oid.clone(),
                ..Organization::default()
            }],
            ..Author::default()
        }],
        source_patient_id: PatientId {
            id: subject.local_id.clone(),
            authority: AssigningAuthority {
                namespace: String::new(),
                oid: subject.source.domain.oid.clone(),
            },
        },
        reference_ids: reference_ids(subject),
        hash: Sha1::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect(),
        size: bytes.len() as u64,
        intake: Some(IntakeOrigin {
            source: subject.source.name.clone(),
            item: ItemKey {
                patient_id: subject.local_id.clone(),
                care_date: match study.said.day {
                    0 => "-".to_owned(),
                    day => day.to_string(),
                },
                data_type: DATA_TYPE.to_owned(),
                order_key: study.study_instance_uid.clone(),
                storage: Storage::Images,
            },
            sent: digits(now),
            state: VersionState::Current,
            department: String::new(),
            is_delete_message: false,
            flags: Vec::new(),
        }),
        ..DocumentEntry::default()
    }
}

/// The instant in Japan as 17 digits.
pub(crate) fn digits(at: Timestamp) -> String {
    let (year, month, day) = at.jst_date();
    let of_day_ms = (at.0 + Timestamp::JST_OFFSET_US).rem_euclid(Timestamp::DAY_US) / 1_000;
    let (seconds, milliseconds) = (of_day_ms / 1_000, of_day_ms % 1_000);
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    format!("{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}{milliseconds:03}")
}

fn started(study: &store::study::StudyRow) -> Option<PartialTime> {
    let date = study.said.study_date.replace('.', "");
    let time = study.said.study_time.replace(':', "");
    let whole = PartialTime::japan(&format!("{date}{time}"));
    whole.or_else(|_| PartialTime::japan(&date)).ok()
}

/// Modalities (DICOM's own codes) and body parts: IHE RAD TF-2 4.68.4.1.2.3 names both.
fn event_codes(study: &store::study::StudyRow) -> Vec<XdsCode> {
    let code = |code: &String| XdsCode {
        code: code.clone(),
        display: code.clone(),
        scheme: DCM.to_owned(),
    };
    study.said.modalities.iter().chain(&study.said.body_parts).map(code).collect()
}

fn reference_ids(subject: &Subject<'_>) -> Vec<ReferenceId> {
    let study = subject.study;
    let accession = Some(&study.said.accession_number).filter(|number| !number.is_empty());
    let accession = accession.map(|number| ReferenceId {
        id: number.clone(),
        authority_oid: subject.source.oid.clone(),
        id_type: ACCESSION.to_owned(),
        as_sent: String::new(),
    });
    let uid = ReferenceId {
        id: study.study_instance_uid.clone(),
        authority_oid: String::new(),
        id_type: STUDY.to_owned(),
        as_sent: String::new(),
    };
    accession.into_iter().chain([uid]).collect()
}

/// 「CT 胸部 2026-01-05」
fn title(subject: &Subject<'_>, referenced: &Referenced<'_>) -> String {
    let said = &subject.study.said;
    let what = match said.description.as_str() {
        "" => said.body_parts.join(" "),
        description => description.to_owned(),
    };
    let date = match said.day {
        0 => String::new(),
        day => format!("{:04}-{:02}-{:02}", day / 10_000, day / 100 % 100, day % 100),
    };
    let count = match referenced.images() {
        0 => String::new(),
        images => format!("({images})"),
    };
    let parts = [said.modalities.join("/"), what, date, count];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}
