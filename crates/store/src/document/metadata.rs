//! The metadata of a document as one compact text beside its columns: everything of a
//! DocumentEntry that no column, item or source row holds, so that an answer needs no join per
//! attribute. Keys are short because there is one such text per document.

use model::date::Precision;
use model::demographics::Demographics;
use model::document::{
    Author, DocumentAvailability, DocumentEntry, DocumentKind, ExtraSlot, IntakeOrigin,
    Localization, ReferenceId, XdsCode,
};
use model::hl7::{AssigningAuthority, PatientId, Person};
use model::item::{ItemKey, Storage, VersionState};
use model::reason::Flag;
use model::{PartialTime, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What the columns, the item and the source of a document say; the rest is in its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    /// entryUUID
    pub entry_uuid: Uuid,
    /// uniqueId
    pub unique_id: String,
    /// mimeType
    pub mime_type: String,
    /// classCode's code
    pub class_code: String,
    /// typeCode's code
    pub type_code: String,
    /// formatCode's code
    pub format_code: String,
    /// First instant of creationTime
    pub creation: Timestamp,
    /// First instant of serviceStartTime
    pub service_start: Option<Timestamp>,
    /// First instant of serviceStopTime
    pub service_stop: Option<Timestamp>,
    /// size
    pub size: u64,
    /// sourcePatientId's ID
    pub local_id: String,
    /// sourcePatientId's domain
    pub domain_oid: String,
    /// The item, for a document of intake.
    pub origin: Option<OriginColumns>,
}

/// The columns of an intake document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OriginColumns {
    /// The source's name.
    pub source: String,
    /// The logical item.
    pub item: ItemKey,
    /// 発生日時
    pub sent: String,
    /// What the source says of this version.
    pub told: VersionState,
    /// Whether it is a delete message.
    pub is_delete_message: bool,
}

/// The text of an entry's metadata.
pub fn write(entry: &DocumentEntry) -> Result<String, serde_json::Error> {
    let time = |time: &PartialTime| (time.digits.clone(), time.precision);
    serde_json::to_string(&Kept {
        repository: entry.repository_oid.clone(),
        class: (entry.class_code.display.clone(), entry.class_code.scheme.clone()),
        kind: (entry.type_code.display.clone(), entry.type_code.scheme.clone()),
        format: (entry.format_code.display.clone(), entry.format_code.scheme.clone()),
        confidentiality: entry.confidentiality.iter().map(triple).collect(),
        facility: triple(&entry.facility_type),
        practice: triple(&entry.practice_setting),
        events: entry.event_codes.iter().map(triple).collect(),
        language: entry.language.clone(),
        title: entry.title.clone(),
        creation: time(&entry.creation_time),
        start: entry.service_start.as_ref().map(time),
        stop: entry.service_stop.as_ref().map(time),
        authors: entry.authors.clone(),
        namespace: entry.source_patient_id.authority.namespace.clone(),
        patient: entry.source_patient_info.clone(),
        references: entry.reference_ids.clone(),
        hash: entry.hash.clone(),
        rare: Rare::of(entry),
        department: entry.intake.as_ref().map(|i| i.department.clone()).unwrap_or_default(),
        flags: entry.intake.as_ref().map(|i| i.flags.clone()).unwrap_or_default(),
        extra: entry.extra.clone(),
    })
}

/// The entry of a text and its columns.
pub fn read(text: &str, columns: Columns) -> Result<DocumentEntry, serde_json::Error> {
    let kept: Kept = serde_json::from_str(text)?;
    let code =
        |code: String, (display, scheme): (String, String)| XdsCode { code, display, scheme };
    let time = |(digits, precision): (String, Precision), first: Timestamp| PartialTime {
        digits,
        first,
        precision,
    };
    let intake = columns.origin.map(|origin| IntakeOrigin {
        source: origin.source,
        item: origin.item,
        sent: origin.sent,
        state: origin.told,
        department: kept.department,
        is_delete_message: origin.is_delete_message,
        flags: kept.flags,
    });
    Ok(DocumentEntry {
        entry_uuid: columns.entry_uuid,
        unique_id: columns.unique_id,
        repository_oid: kept.repository,
        mime_type: columns.mime_type,
        class_code: code(columns.class_code, kept.class),
        type_code: code(columns.type_code, kept.kind),
        format_code: code(columns.format_code, kept.format),
        confidentiality: kept.confidentiality.into_iter().map(whole).collect(),
        facility_type: whole(kept.facility),
        practice_setting: whole(kept.practice),
        event_codes: kept.events.into_iter().map(whole).collect(),
        language: kept.language,
        title: kept.title,
        creation_time: time(kept.creation, columns.creation),
        service_start: kept.start.zip(columns.service_start).map(|(kept, at)| time(kept, at)),
        service_stop: kept.stop.zip(columns.service_stop).map(|(kept, at)| time(kept, at)),
        authors: kept.authors,
        source_patient_id: kept.rare.source_patient.unwrap_or(PatientId {
            id: columns.local_id,
            authority: AssigningAuthority { namespace: kept.namespace, oid: columns.domain_oid },
        }),
        source_patient_info: kept.patient,
        reference_ids: kept.references,
        hash: kept.hash,
        size: columns.size,
        intake,
        extra: kept.extra,
        kind: kept.rare.kind,
        logical_id: kept.rare.logical_id,
        version: kept.rare.version,
        home_community_id: kept.rare.home,
        title_localization: kept.rare.title_localization,
        comments: kept.rare.comments,
        comments_localization: kept.rare.comments_localization,
        legal_authenticator: kept.rare.legal_authenticator,
        source_patient_lines: kept.rare.patient_lines,
        uri: kept.rare.uri,
        document_availability: kept.rare.availability,
        limited_metadata: kept.rare.limited,
    })
}

/// The remarks of intake within a text of metadata, without reading the rest.
pub fn intake_flags(text: &str) -> Result<Vec<Flag>, serde_json::Error> {
    #[derive(Deserialize)]
    struct Flags {
        #[serde(rename = "fl", default)]
        flags: Vec<Flag>,
    }
    serde_json::from_str::<Flags>(text).map(|kept| kept.flags)
}

/// The SHA-1 within a text of metadata, without reading the rest.
pub fn hash(text: &str) -> Result<String, serde_json::Error> {
    #[derive(Deserialize)]
    struct Hash {
        #[serde(rename = "h", default)]
        hash: String,
    }
    serde_json::from_str::<Hash>(text).map(|kept| kept.hash)
}

/// The number of a storage in `item.storage`.
pub fn storage_number(storage: Storage) -> i64 {
    match storage {
        Storage::Standardized => 1,
        Storage::Extended => 2,
        Storage::Images => 3,
    }
}

/// The storage of a number.
pub fn storage_of_number(number: i64) -> Storage {
    match number {
        2 => Storage::Extended,
        3 => Storage::Images,
        _ => Storage::Standardized,
    }
}

type Triple = (String, String, String);

#[derive(Serialize, Deserialize)]
struct Kept {
    #[serde(rename = "r")]
    repository: String,
    #[serde(rename = "c")]
    class: (String, String),
    #[serde(rename = "k")]
    kind: (String, String),
    #[serde(rename = "f")]
    format: (String, String),
    #[serde(rename = "cf")]
    confidentiality: Vec<Triple>,
    #[serde(rename = "ft")]
    facility: Triple,
    #[serde(rename = "ps")]
    practice: Triple,
    #[serde(rename = "ev", default, skip_serializing_if = "Vec::is_empty")]
    events: Vec<Triple>,
    #[serde(rename = "l")]
    language: String,
    #[serde(rename = "t", default, skip_serializing_if = "String::is_empty")]
    title: String,
    #[serde(rename = "ct")]
    creation: (String, Precision),
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    start: Option<(String, Precision)>,
    #[serde(rename = "e", default, skip_serializing_if = "Option::is_none")]
    stop: Option<(String, Precision)>,
    #[serde(rename = "a", default, skip_serializing_if = "Vec::is_empty")]
    authors: Vec<Author>,
    #[serde(rename = "n", default, skip_serializing_if = "String::is_empty")]
    namespace: String,
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    patient: Option<Box<Demographics>>,
    #[serde(rename = "ri", default, skip_serializing_if = "Vec::is_empty")]
    references: Vec<ReferenceId>,
    #[serde(rename = "h")]
    hash: String,
    #[serde(rename = "d", default, skip_serializing_if = "String::is_empty")]
    department: String,
    #[serde(rename = "fl", default, skip_serializing_if = "Vec::is_empty")]
    flags: Vec<Flag>,
    #[serde(rename = "x", default, skip_serializing_if = "Vec::is_empty")]
    extra: Vec<ExtraSlot>,
    #[serde(rename = "o", default, skip_serializing_if = "Rare::is_empty")]
    rare: Rare,
}

/// What our own gateways never send.
#[derive(Debug, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
struct Rare {
    #[serde(rename = "k", skip_serializing_if = "DocumentKind::is_stable")]
    kind: DocumentKind,
    #[serde(rename = "l", skip_serializing_if = "Option::is_none")]
    logical_id: Option<Uuid>,
    #[serde(rename = "v", skip_serializing_if = "Option::is_none")]
    version: Option<u32>,
    #[serde(rename = "h", skip_serializing_if = "String::is_empty")]
    home: String,
    #[serde(rename = "tl", skip_serializing_if = "Localization::is_empty")]
    title_localization: Localization,
    #[serde(rename = "c", skip_serializing_if = "String::is_empty")]
    comments: String,
    #[serde(rename = "cl", skip_serializing_if = "Localization::is_empty")]
    comments_localization: Localization,
    #[serde(rename = "la", skip_serializing_if = "Option::is_none")]
    legal_authenticator: Option<Person>,
    #[serde(rename = "p", skip_serializing_if = "Vec::is_empty")]
    patient_lines: Vec<String>,
    #[serde(rename = "u", skip_serializing_if = "Vec::is_empty")]
    uri: Vec<String>,
    #[serde(rename = "a", skip_serializing_if = "Option::is_none")]
    availability: Option<DocumentAvailability>,
    #[serde(rename = "m", skip_serializing_if = "std::ops::Not::not")]
    limited: bool,
    /// sourcePatientId as submitted, where the document hangs off another identity than that.
    #[serde(rename = "i", skip_serializing_if = "Option::is_none")]
    source_patient: Option<PatientId>,
}

impl Rare {
    fn of(entry: &DocumentEntry) -> Rare {
        Rare {
            source_patient: entry.intake.is_none().then(|| entry.source_patient_id.clone()),
            kind: entry.kind,
            logical_id: entry.logical_id,
            version: entry.version,
            home: entry.home_community_id.clone(),
            title_localization: entry.title_localization.clone(),
            comments: entry.comments.clone(),
            comments_localization: entry.comments_localization.clone(),
            legal_authenticator: entry.legal_authenticator.clone(),
            patient_lines: entry.source_patient_lines.clone(),
            uri: entry.uri.clone(),
            availability: entry.document_availability,
            limited: entry.limited_metadata,
        }
    }

    fn is_empty(&self) -> bool {
        *self == Rare::default()
    }
}

fn triple(code: &XdsCode) -> Triple {
    (code.code.clone(), code.display.clone(), code.scheme.clone())
}

fn whole((code, display, scheme): Triple) -> XdsCode {
    XdsCode { code, display, scheme }
}
