//! The rules of a submission that its message alone decides. Each is one function that names
//! its error code and its section.

use crate::error::{ErrorCode, Violation};
use model::document::{Association, DocumentEntry, Folder, SubmissionSet, XdsCode};
use model::limits;
use std::collections::HashSet;
use uuid::Uuid;

const REGISTER: &str = "ITI TF-2 3.42.4.1.3";
const REQUIRED: &str = "ITI TF-3 table 4.3.1-3";
const DATA_TYPES: &str = "ITI TF-3 table 4.2.3.1.7-2";
const ENTRY: &str = "ITI TF-3 table 4.2.3.2-1";

/// Every object of a submission, for the rules that look across them.
#[derive(Debug, Clone, Copy)]
pub struct Message<'a> {
    /// The set.
    pub set: &'a SubmissionSet,
    /// The entries.
    pub entries: &'a [&'a DocumentEntry],
    /// The folders.
    pub folders: &'a [Folder],
    /// The associations.
    pub associations: &'a [Association],
}

/// All rules of this module, in the order in which they are reported.
pub fn message(message: Message<'_>) -> Result<(), Violation> {
    set_is_whole(message.set)?;
    has_content(message)?;
    for entry in message.entries {
        required_attributes(entry)?;
        unique_id_format("DocumentEntry", &entry.unique_id)?;
        hash_format(entry)?;
        service_times_in_order(entry)?;
        slots(entry)?;
        intake_names_the_same_patient(entry)?;
    }
    for folder in message.folders {
        unique_id_format("Folder", &folder.unique_id)?;
    }
    unique_ids_once(message)?;
    uuids_once(message)
}

/// A submission set has a uniqueId, a sourceId and a contentTypeCode.
pub fn set_is_whole(set: &SubmissionSet) -> Result<(), Violation> {
    unique_id_format("SubmissionSet", &set.unique_id)?;
    if !is_oid(&set.source_oid) {
        return refuse(REQUIRED, format!("SubmissionSet {} has no OID as sourceId", set.unique_id));
    }
    require_code(&set.unique_id, "contentTypeCode", &set.content_type)
}

/// A submission holds at least one document, folder or association.
pub fn has_content(message: Message<'_>) -> Result<(), Violation> {
    if message.entries.is_empty() && message.folders.is_empty() && message.associations.is_empty() {
        return refuse(REGISTER, format!("SubmissionSet {} is empty", message.set.unique_id));
    }
    Ok(())
}

/// The attributes that XDS requires of a DocumentEntry are there.
pub fn required_attributes(entry: &DocumentEntry) -> Result<(), Violation> {
    let id = &entry.unique_id;
    let texts = [
        ("mimeType", &entry.mime_type),
        ("languageCode", &entry.language),
        ("repositoryUniqueId", &entry.repository_oid),
        ("sourcePatientId", &entry.source_patient_id.id),
        ("sourcePatientId's assigning authority", &entry.source_patient_id.authority.oid),
    ];
    if let Some((name, _)) = texts.iter().find(|(_, text)| text.is_empty()) {
        return refuse(REQUIRED, format!("DocumentEntry {id} has no {name}"));
    }
    require_code(id, "classCode", &entry.class_code)?;
    require_code(id, "typeCode", &entry.type_code)?;
    require_code(id, "formatCode", &entry.format_code)?;
    require_code(id, "healthcareFacilityTypeCode", &entry.facility_type)?;
    require_code(id, "practiceSettingCode", &entry.practice_setting)?;
    if entry.confidentiality.is_empty() {
        return refuse(REQUIRED, format!("DocumentEntry {id} has no confidentialityCode"));
    }
    entry.confidentiality.iter().try_for_each(|code| require_code(id, "confidentialityCode", code))
}

/// A uniqueId is an OID of at most 64 characters, for documents with an optional extension of
/// at most 16 after `^`.
pub fn unique_id_format(object: &str, unique_id: &str) -> Result<(), Violation> {
    let (oid, extension) = unique_id.split_once('^').unwrap_or((unique_id, ""));
    let extension_fits =
        extension.is_empty() || (object == "DocumentEntry" && extension.len() <= 16);
    if !is_oid(oid) || !extension_fits {
        return refuse(DATA_TYPES, format!("uniqueId {unique_id:?} of a {object} is no OID"));
    }
    Ok(())
}

/// hash is a SHA-1 in hexadecimal.
pub fn hash_format(entry: &DocumentEntry) -> Result<(), Violation> {
    if entry.hash.len() != 40 || !entry.hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        let context =
            format!("hash of DocumentEntry {} is no SHA-1 in hexadecimal", entry.unique_id);
        return refuse(DATA_TYPES, context);
    }
    Ok(())
}

/// serviceStartTime is not after serviceStopTime.
pub fn service_times_in_order(entry: &DocumentEntry) -> Result<(), Violation> {
    if let (Some(start), Some(stop)) = (&entry.service_start, &entry.service_stop)
        && start.first > stop.first
    {
        let context = format!(
            "DocumentEntry {}: serviceStartTime {} is after serviceStopTime {}",
            entry.unique_id, start.digits, stop.digits
        );
        return refuse(ENTRY, context);
    }
    Ok(())
}

/// Extra slots have `urn:` names, each once, with values of bounded length.
pub fn slots(entry: &DocumentEntry) -> Result<(), Violation> {
    let mut names = HashSet::new();
    for slot in &entry.extra {
        if !slot.name.starts_with("urn:") || !names.insert(slot.name.as_str()) {
            let context = format!(
                "DocumentEntry {}: slot {:?} is repeated or is not named urn:…",
                entry.unique_id, slot.name
            );
            return refuse(REGISTER, context);
        }
        let longest = slot.values.iter().map(|value| value.chars().count()).max().unwrap_or(0);
        if longest as u64 > limits::XDS_SLOT_VALUE_CHARACTERS {
            let context = format!(
                "DocumentEntry {}: a value of slot {:?} has {longest} characters",
                entry.unique_id, slot.name
            );
            return refuse(REGISTER, context);
        }
    }
    Ok(())
}

/// The logical item of an intake document is of the patient whom its metadata name.
pub fn intake_names_the_same_patient(entry: &DocumentEntry) -> Result<(), Violation> {
    match &entry.intake {
        Some(intake) if intake.item.patient_id != entry.source_patient_id.id => Err(Violation {
            code: ErrorCode::XdsPatientIdDoesNotMatch,
            section: REGISTER,
            context: format!(
                "DocumentEntry {}: its item belongs to another patient than its sourcePatientId",
                entry.unique_id
            ),
        }),
        _ => Ok(()),
    }
}

/// No uniqueId stands twice in a submission.
pub fn unique_ids_once(message: Message<'_>) -> Result<(), Violation> {
    let mut seen = HashSet::from([message.set.unique_id.as_str()]);
    let entries = message.entries.iter().map(|entry| entry.unique_id.as_str());
    let folders = message.folders.iter().map(|folder| folder.unique_id.as_str());
    match entries.chain(folders).find(|unique_id| !seen.insert(unique_id)) {
        Some(unique_id) => Err(Violation {
            code: ErrorCode::XdsRegistryDuplicateUniqueIdInMessage,
            section: REGISTER,
            context: format!("uniqueId {unique_id} stands twice in the submission"),
        }),
        None => Ok(()),
    }
}

/// No entryUUID stands twice in a submission.
pub fn uuids_once(message: Message<'_>) -> Result<(), Violation> {
    let mut seen: HashSet<Uuid> = HashSet::from([message.set.entry_uuid]);
    let entries = message.entries.iter().map(|entry| entry.entry_uuid);
    let folders = message.folders.iter().map(|folder| folder.entry_uuid);
    let associations = message.associations.iter().map(|association| association.entry_uuid);
    match entries.chain(folders).chain(associations).find(|uuid| !seen.insert(*uuid)) {
        Some(uuid) => refuse(REGISTER, format!("entryUUID {uuid} stands twice in the submission")),
        None => Ok(()),
    }
}

fn require_code(id: &str, name: &str, code: &XdsCode) -> Result<(), Violation> {
    if code.code.is_empty() || code.scheme.is_empty() {
        return refuse(REQUIRED, format!("{name} of {id} has no code or no coding scheme"));
    }
    Ok(())
}

fn is_oid(text: &str) -> bool {
    text.len() <= 64
        && text.split('.').count() > 1
        && text.split('.').all(|arc| {
            !arc.is_empty()
                && arc.bytes().all(|byte| byte.is_ascii_digit())
                && (arc == "0" || !arc.starts_with('0'))
        })
}

fn refuse(section: &'static str, context: String) -> Result<(), Violation> {
    Err(Violation { code: ErrorCode::XdsRegistryMetadataError, section, context })
}
