//! The rules of single objects over `model`'s types: each is one function, asked by the reader
//! of messages and by [`check`] for submissions that never were a message.

use crate::notation::is_oid;
use crate::problem::{ErrorCode, Problem};
use crate::rule;
use crate::submission::{Submission, Transaction};
use model::PartialTime;
use model::document::{DocumentEntry, Folder, SubmissionSet, XdsCode};
use model::limits;
use std::collections::HashSet;
use uuid::Uuid;

const REGISTER: &str = "ITI TF-2 3.42.4.1.3";
const REQUIRED: &str = "ITI TF-3 table 4.3.1-3";
const DATA_TYPES: &str = "ITI TF-3 table 4.2.3.1.7-2";
const ENTRY: &str = "ITI TF-3 table 4.2.3.2-1";

/// All rules that a submission's objects decide, for one that was made in this process: the
/// same as those of a message, patientIds excepted (it names its patient by sourcePatientId).
pub fn check(submission: &Submission, transaction: Transaction) -> Vec<Problem> {
    let mut problems = set_is_whole(&submission.set.object);
    for one in &submission.documents {
        let (entry, label) = (&one.object, format!("DocumentEntry {}", one.object.unique_id));
        problems.extend(required_attributes(entry, &label));
        problems.extend(document_unique_id(&entry.unique_id, &label));
        problems.extend(hash(&entry.hash, &label));
        problems.extend(service_times(&entry.service_start, &entry.service_stop, &label));
        problems.extend(extra_slots(entry, &label));
        problems.extend(intake_names_the_same_patient(entry, &label));
    }
    for one in &submission.folders {
        problems.extend(folder_unique_id(&one.object));
    }
    problems.extend(uuids_once(submission));
    problems.extend(rule::message(submission, transaction));
    problems
}

/// A uniqueId of a document is an OID, with an optional extension of at most 16 characters
/// after `^`.
pub(crate) fn document_unique_id(unique_id: &str, label: &str) -> Option<Problem> {
    let (oid, extension) = unique_id.split_once('^').unwrap_or((unique_id, ""));
    (!is_oid(oid) || extension.chars().count() > 16).then(|| {
        let form = "is no OID with an optional extension of at most 16 characters";
        refuse(DATA_TYPES, format!("{label}: uniqueId {unique_id:?} {form}"))
    })
}

/// hash is a SHA-1 in hexadecimal.
pub(crate) fn hash(hash: &str, label: &str) -> Option<Problem> {
    (hash.len() != 40 || !hash.bytes().all(|byte| byte.is_ascii_hexdigit()))
        .then(|| refuse(DATA_TYPES, format!("{label}: hash {hash:?} is no SHA-1 in hexadecimal")))
}

/// serviceStartTime is not after serviceStopTime, as far as both are known.
pub(crate) fn service_times(
    start: &Option<PartialTime>,
    stop: &Option<PartialTime>,
    label: &str,
) -> Option<Problem> {
    let (start, stop) = (start.as_ref()?, stop.as_ref()?);
    (start.first > stop.first && !start.digits.starts_with(&stop.digits)).then(|| {
        let (start, stop) = (&start.digits, &stop.digits);
        refuse(ENTRY, format!("{label}: serviceStartTime {start} is after serviceStopTime {stop}"))
    })
}

/// A submission set has a uniqueId, a sourceId and a contentTypeCode.
fn set_is_whole(set: &SubmissionSet) -> Vec<Problem> {
    let mut problems = Vec::new();
    if !is_oid(&set.unique_id) {
        let context = format!("SubmissionSet: uniqueId {:?} is no OID", set.unique_id);
        problems.push(refuse(DATA_TYPES, context));
    }
    if !is_oid(&set.source_oid) {
        let context = format!("SubmissionSet {}: sourceId is no OID", set.unique_id);
        problems.push(refuse(REQUIRED, context));
    }
    let label = format!("SubmissionSet {}", set.unique_id);
    problems.extend(code(&set.content_type, "contentTypeCode", &label));
    problems
}

/// The attributes that XDS requires of a DocumentEntry are there.
fn required_attributes(entry: &DocumentEntry, label: &str) -> Vec<Problem> {
    let texts = [
        ("mimeType", &entry.mime_type),
        ("languageCode", &entry.language),
        ("repositoryUniqueId", &entry.repository_oid),
        ("sourcePatientId", &entry.source_patient_id.id),
        ("sourcePatientId's assigning authority", &entry.source_patient_id.authority.oid),
    ];
    let codes = [
        ("classCode", &entry.class_code),
        ("typeCode", &entry.type_code),
        ("formatCode", &entry.format_code),
        ("healthcareFacilityTypeCode", &entry.facility_type),
        ("practiceSettingCode", &entry.practice_setting),
    ];
    let missing = |name| refuse(REQUIRED, format!("{label}: {name} is missing"));
    let mut problems: Vec<Problem> =
        texts.iter().filter(|(_, text)| text.is_empty()).map(|(name, _)| missing(*name)).collect();
    problems.extend(codes.iter().filter_map(|(name, value)| code(value, name, label)));
    if entry.confidentiality.is_empty() {
        problems.push(missing("confidentialityCode"));
    }
    let confidentiality = entry.confidentiality.iter();
    problems.extend(confidentiality.filter_map(|one| code(one, "confidentialityCode", label)));
    problems
}

fn folder_unique_id(folder: &Folder) -> Option<Problem> {
    (!is_oid(&folder.unique_id))
        .then(|| refuse(DATA_TYPES, format!("Folder: uniqueId {:?} is no OID", folder.unique_id)))
}

/// Extra slots have `urn:` names, each once, with values of bounded length.
fn extra_slots(entry: &DocumentEntry, label: &str) -> Vec<Problem> {
    let mut names = HashSet::new();
    let mut problems = Vec::new();
    for slot in &entry.extra {
        if !slot.name.starts_with("urn:") || !names.insert(slot.name.as_str()) {
            let context = format!("{label}: slot {:?} is repeated or not named urn:…", slot.name);
            problems.push(refuse(REGISTER, context));
        }
        let longest = slot.values.iter().map(|value| value.chars().count()).max().unwrap_or(0);
        if longest as u64 > limits::XDS_SLOT_VALUE_CHARACTERS {
            let context = format!("{label}: a value of slot {:?} is too long", slot.name);
            problems.push(refuse(REGISTER, context));
        }
    }
    problems
}

/// The logical item of an intake document is of the patient whom its metadata name.
pub(crate) fn intake_names_the_same_patient(entry: &DocumentEntry, label: &str) -> Option<Problem> {
    let intake = entry.intake.as_ref()?;
    (intake.item.patient_id != entry.source_patient_id.id).then(|| {
        let context =
            format!("{label}: its item belongs to another patient than its sourcePatientId");
        Problem::new(ErrorCode::XdsPatientIdDoesNotMatch, REGISTER, context)
    })
}

/// No entryUUID stands twice in a submission.
fn uuids_once(submission: &Submission) -> Vec<Problem> {
    let mut seen: HashSet<Uuid> = HashSet::from([submission.set.object.entry_uuid]);
    let entries = submission.documents.iter().map(|one| one.object.entry_uuid);
    let folders = submission.folders.iter().map(|one| one.object.entry_uuid);
    let associations = submission.associations.iter().map(|one| one.entry_uuid);
    entries
        .chain(folders)
        .chain(associations)
        .filter(|uuid| !seen.insert(*uuid))
        .map(|uuid| refuse(REGISTER, format!("entryUUID {uuid} stands twice in the submission")))
        .collect()
}

fn code(code: &XdsCode, name: &str, label: &str) -> Option<Problem> {
    (code.code.is_empty() || code.scheme.is_empty())
        .then(|| refuse(REQUIRED, format!("{label}: {name} has no code or no coding scheme")))
}

fn refuse(section: &'static str, context: String) -> Problem {
    Problem::new(ErrorCode::XdsRegistryMetadataError, section, context)
}
