//! An ExtrinsicObject as a DocumentEntry (ITI TF-3 table 4.2.3.2-1).

use crate::attribute::{DATA_TYPES, REQUIRED, Reading};
use crate::ids::uuid_of;
use crate::names::{REFERENCE_ID_LIST, entry as names};
use crate::problem::{ErrorCode, Problem};
use crate::raw::{self, RawObject};
use crate::submission::{ReadOptions, Submitted, Transaction};
use crate::{intake, notation, object};
use model::PartialTime;
use model::document::{Availability, DocumentAvailability, DocumentEntry, DocumentKind};
use uuid::Uuid;

const ENTRY: &str = "ITI TF-3 table 4.2.3.2-1";
const SLOTS: [&str; 12] = [
    "creationTime",
    "hash",
    "languageCode",
    "legalAuthenticator",
    "repositoryUniqueId",
    "serviceStartTime",
    "serviceStopTime",
    "size",
    "sourcePatientId",
    "sourcePatientInfo",
    "URI",
    "documentAvailability",
];

/// Reads an entry. Without options it is one of an answer: nothing is required of it.
pub(crate) fn read_entry(
    uuid: Uuid,
    object: &RawObject<'_>,
    options: Option<&ReadOptions>,
    problems: &mut Vec<Problem>,
) -> Submitted<DocumentEntry> {
    let mut reading = Reading::new(object, "DocumentEntry", options.is_some());
    let mut entry = DocumentEntry { entry_uuid: uuid, ..DocumentEntry::default() };
    entry.kind = kind(&mut reading, options);
    identity(&mut reading, &mut entry, options);
    texts(&mut reading, &mut entry);
    codes(&mut reading, &mut entry);
    times(&mut reading, &mut entry);
    let size = bytes(&mut reading, &mut entry, options);
    patient(&mut reading, &mut entry);
    let patient_id = reading.patient_id(names::PATIENT_ID);
    entry.extra = object.extra(&[REFERENCE_ID_LIST]);
    if options.is_none_or(|options| options.trusts_intake) {
        intake::take(&mut entry);
        let mismatch = object::intake_names_the_same_patient(&entry, &reading.label);
        reading.problems.extend(mismatch.filter(|_| reading.strict));
    }
    if reading.strict {
        reading.problems.extend(raw::slot_names(object, &reading.label, &SLOTS));
        reading.problems.extend(raw::value_lengths(object, &reading.label));
    }
    problems.append(&mut reading.problems);
    Submitted {
        object: entry,
        id: object.id.to_owned(),
        patient_id,
        availability: Availability::from_urn(object.attribute("status")),
        size,
        last_update: None,
    }
}

/// lid and VersionInfo of an object: what it says beyond its own first version. Registries
/// count versions themselves, so a submission's number is not taken.
pub(crate) fn version(
    reading: &mut Reading<'_, '_>,
    uuid: Uuid,
    options: Option<&ReadOptions>,
) -> (Option<Uuid>, Option<u32>) {
    let object = reading.object;
    let lid = object.attribute("lid");
    let logical = match lid {
        "" => None,
        lid if lid == object.id => None,
        lid => match uuid_of(lid) {
            Some(logical) if logical == uuid => None,
            Some(logical) => Some(logical),
            None => {
                let context = format!("{}: logicalID {lid:?} is no UUID", reading.label);
                let code = match options.map(|options| options.transaction) {
                    Some(Transaction::RestrictedUpdate) => ErrorCode::XdsMetadataIdentifierError,
                    _ => ErrorCode::XdsMetadataUpdateError,
                };
                reading.problems.push(Problem::new(code, "ITI TF-2 3.57.4.1.3", context));
                None
            }
        },
    };
    let is_new = options.is_some_and(|options| !options.transaction.is_update());
    if is_new && logical.is_some() {
        reading.refuse(REQUIRED, "logicalID differs from entryUUID in a first version");
    }
    let number = reading
        .object
        .element
        .child(crate::names::RIM, "VersionInfo")
        .and_then(|info| info.attribute("versionName"))
        .and_then(|number| number.trim().parse::<u32>().ok());
    (logical, number.filter(|_| options.is_none()))
}

fn kind(reading: &mut Reading<'_, '_>, options: Option<&ReadOptions>) -> DocumentKind {
    let urn = reading.object.attribute("objectType").to_ascii_lowercase();
    let Some(kind) = DocumentKind::from_urn(&urn) else {
        reading.refuse(ENTRY, format!("objectType {urn:?} is neither Stable nor On-Demand"));
        return DocumentKind::default();
    };
    match options.map(|options| options.transaction) {
        Some(Transaction::RegisterOnDemand) if kind.is_stable() => {
            reading
                .refuse("ITI TF-2 3.61.4.1.2", "this transaction registers On-Demand entries only");
        }
        Some(Transaction::ProvideAndRegister | Transaction::Register) if !kind.is_stable() => {
            reading.refuse("ITI TF-2 3.42.4.1.2", "On-Demand entries are registered by ITI-61");
        }
        _ => {}
    }
    kind
}

fn identity(
    reading: &mut Reading<'_, '_>,
    entry: &mut DocumentEntry,
    options: Option<&ReadOptions>,
) {
    (entry.logical_id, entry.version) = version(reading, entry.entry_uuid, options);
    entry.home_community_id = reading.home();
    entry.unique_id = reading.identifier(names::UNIQUE_ID, "uniqueId").to_owned();
    if !entry.unique_id.is_empty() {
        reading.problems.extend(object::document_unique_id(&entry.unique_id, &reading.label));
    }
    entry.repository_oid = reading.single("repositoryUniqueId").to_owned();
    reading.oid(&entry.repository_oid, "repositoryUniqueId");
    let by_repository =
        options.is_some_and(|options| options.transaction == Transaction::ProvideAndRegister);
    if !by_repository {
        reading.require(!entry.repository_oid.is_empty(), "repositoryUniqueId");
    }
    entry.limited_metadata = reading.object.is_of_node(names::LIMITED);
}

fn texts(reading: &mut Reading<'_, '_>, entry: &mut DocumentEntry) {
    let object = reading.object;
    entry.mime_type = object.attribute("mimeType").to_owned();
    reading.require(!entry.mime_type.is_empty(), "mimeType");
    if !entry.mime_type.is_empty() && !entry.mime_type.contains('/') {
        let text = entry.mime_type.clone();
        reading.refuse(DATA_TYPES, format!("mimeType {text:?} is not of the form type/subtype"));
    }
    entry.language = reading.single("languageCode").to_owned();
    reading.require(!entry.language.is_empty(), "languageCode");
    reading.language(&entry.language);
    (entry.title, entry.title_localization) = object.localized("Name");
    (entry.comments, entry.comments_localization) = object.localized("Description");
    entry.uri = reading.all("URI");
    let availability = reading.single("documentAvailability");
    entry.document_availability = DocumentAvailability::from_urn(availability);
    if !availability.is_empty() && entry.document_availability.is_none() {
        reading.refuse(ENTRY, format!("documentAvailability {availability:?} is not known"));
    }
    entry.reference_ids =
        object.values(REFERENCE_ID_LIST).into_iter().map(notation::read_cxi).collect();
    let without_type: Vec<String> = entry
        .reference_ids
        .iter()
        .filter(|id| id.id.is_empty() || id.id_type.is_empty())
        .map(|id| notation::cxi(id).into_owned())
        .collect();
    for text in without_type {
        reading
            .refuse(DATA_TYPES, format!("referenceIdList {text:?} needs an ID and a type (CXi)"));
    }
    entry.authors = reading.authors(names::AUTHOR);
    let authenticator = reading.single("legalAuthenticator");
    if !authenticator.is_empty() {
        entry.legal_authenticator = Some(reading.person(authenticator, "legalAuthenticator"));
    }
}

fn codes(reading: &mut Reading<'_, '_>, entry: &mut DocumentEntry) {
    entry.class_code = reading.one_code(names::CLASS, "classCode");
    entry.type_code = reading.one_code(names::TYPE, "typeCode");
    entry.format_code = reading.one_code(names::FORMAT, "formatCode");
    entry.facility_type = reading.one_code(names::FACILITY, "healthcareFacilityTypeCode");
    entry.practice_setting = reading.one_code(names::PRACTICE, "practiceSettingCode");
    entry.confidentiality = reading.codes(names::CONFIDENTIALITY, "confidentialityCode");
    reading.require(!entry.confidentiality.is_empty(), "confidentialityCode");
    entry.event_codes = reading.codes(names::EVENT, "eventCodeList");
}

fn times(reading: &mut Reading<'_, '_>, entry: &mut DocumentEntry) {
    let created = reading.time("creationTime");
    if entry.kind.is_stable() {
        reading.require(created.is_some(), "creationTime");
    }
    entry.creation_time = created.unwrap_or_else(PartialTime::unknown);
    entry.service_start = reading.time("serviceStartTime");
    entry.service_stop = reading.time("serviceStopTime");
    let order = object::service_times(&entry.service_start, &entry.service_stop, &reading.label);
    reading.problems.extend(order);
}

fn bytes(
    reading: &mut Reading<'_, '_>,
    entry: &mut DocumentEntry,
    options: Option<&ReadOptions>,
) -> Option<u64> {
    let hash = reading.single("hash");
    if !hash.is_empty() {
        reading.problems.extend(object::hash(hash, &reading.label));
    }
    let text = reading.single("size");
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    let size = text.parse::<u64>().ok().filter(|size| is_number && *size <= i64::MAX as u64);
    if !text.is_empty() && size.is_none() {
        reading.refuse(DATA_TYPES, format!("size {text:?} is no number of bytes"));
    }
    let needs_both = entry.kind.is_stable()
        && options.is_some_and(|options| options.transaction != Transaction::ProvideAndRegister);
    if needs_both {
        reading.require(!hash.is_empty(), "hash");
        reading.require(!text.is_empty(), "size");
    }
    hash.clone_into(&mut entry.hash);
    entry.size = size.unwrap_or(0);
    size
}

fn patient(reading: &mut Reading<'_, '_>, entry: &mut DocumentEntry) {
    let text = reading.single("sourcePatientId");
    reading.require(!text.is_empty(), "sourcePatientId");
    entry.source_patient_id = reading.cx(text, "sourcePatientId").unwrap_or_default();
    entry.source_patient_lines = reading.all("sourcePatientInfo");
}
