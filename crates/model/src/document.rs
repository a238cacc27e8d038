//! XDS metadata as plain types: DocumentEntry, SubmissionSet, Folder, Association (ITI TF-3 4.2).

use crate::clock::Timestamp;
use crate::date::PartialTime;
use crate::demographics::Demographics;
use crate::empty::Empty;
use crate::hl7::{Organization, PatientId, Person};
use crate::item::{ItemKey, VersionState};
use crate::reason::Flag;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use crate::association::{
    Association, AssociationDetails, AssociationType, SubmissionSetStatus,
};

/// A code of the affinity domain: code, display name, scheme OID (ITI TF-3 4.2.3.1.2).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct XdsCode {
    /// The code.
    pub code: String,
    /// Its display name; never constrained.
    pub display: String,
    /// The coding scheme.
    pub scheme: String,
}

/// An author (ITI TF-3 4.2.3.1.4).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Author {
    /// authorPerson
    pub person: Option<Person>,
    /// authorInstitution
    pub institutions: Vec<Organization>,
    /// authorRole: a text or a CX, as sent
    #[serde(default, skip_serializing_if = "Empty::is_empty")]
    pub roles: Vec<String>,
    /// authorSpecialty: a text or a CX, as sent
    pub specialties: Vec<String>,
    /// authorTelecommunication (XTN), as sent
    #[serde(default, skip_serializing_if = "Empty::is_empty")]
    pub telecommunications: Vec<String>,
}

/// One reference ID (CXi): accession number, order number, StudyInstanceUID.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct ReferenceId {
    /// The ID.
    pub id: String,
    /// Its assigning authority's OID, where there is one.
    pub authority_oid: String,
    /// Type code such as `urn:ihe:iti:xds:2013:order`.
    pub id_type: String,
    /// The whole CXi as sent, where the fields above do not say all of it (a namespace, a home
    /// community); else empty. It is what an answer repeats.
    #[serde(default, skip_serializing_if = "Empty::is_empty")]
    pub as_sent: String,
}

/// An availabilityStatus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Availability {
    /// `urn:oasis:names:tc:ebxml-regrep:StatusType:Approved`
    Approved,
    /// `urn:oasis:names:tc:ebxml-regrep:StatusType:Deprecated`
    Deprecated,
}

impl Availability {
    /// The URN of the standard.
    pub fn urn(self) -> &'static str {
        match self {
            Availability::Approved => "urn:oasis:names:tc:ebxml-regrep:StatusType:Approved",
            Availability::Deprecated => "urn:oasis:names:tc:ebxml-regrep:StatusType:Deprecated",
        }
    }

    /// The status of a URN; no other is XDS's.
    pub fn from_urn(urn: &str) -> Option<Availability> {
        [Availability::Approved, Availability::Deprecated].into_iter().find(|a| a.urn() == urn)
    }
}

/// What kind of document an entry describes: its `objectType` (ITI TF-3 4.2.5.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// `urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1`: bytes that never change.
    #[default]
    Stable,
    /// `urn:uuid:34268e47-fdf5-41a6-ba33-82133c465248`: made when it is retrieved.
    OnDemand,
}

impl DocumentKind {
    /// The objectType.
    pub fn urn(self) -> &'static str {
        match self {
            DocumentKind::Stable => "urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1",
            DocumentKind::OnDemand => "urn:uuid:34268e47-fdf5-41a6-ba33-82133c465248",
        }
    }

    /// The kind of an objectType.
    pub fn from_urn(urn: &str) -> Option<DocumentKind> {
        [DocumentKind::Stable, DocumentKind::OnDemand].into_iter().find(|k| k.urn() == urn)
    }

    /// Whether it is the usual one.
    pub fn is_stable(&self) -> bool {
        *self == DocumentKind::Stable
    }
}

/// documentAvailability (ITI TF-3 4.2.3.2.30): whether the bytes can be had at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentAvailability {
    /// `urn:ihe:iti:2010:DocumentAvailability:Online`
    Online,
    /// `urn:ihe:iti:2010:DocumentAvailability:Offline`
    Offline,
}

impl DocumentAvailability {
    /// The URN of the standard.
    pub fn urn(self) -> &'static str {
        match self {
            DocumentAvailability::Online => "urn:ihe:iti:2010:DocumentAvailability:Online",
            DocumentAvailability::Offline => "urn:ihe:iti:2010:DocumentAvailability:Offline",
        }
    }

    /// The state of a URN.
    pub fn from_urn(urn: &str) -> Option<DocumentAvailability> {
        [DocumentAvailability::Online, DocumentAvailability::Offline]
            .into_iter()
            .find(|state| state.urn() == urn)
    }
}

/// How a title or comments were sent beside their text: an ebRIM LocalizedString has a language
/// and a character set, and there may be several of them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Localization {
    /// `xml:lang`, empty for none.
    #[serde(default, rename = "l", skip_serializing_if = "Empty::is_empty")]
    pub language: String,
    /// `charset`, empty for none.
    #[serde(default, rename = "c", skip_serializing_if = "Empty::is_empty")]
    pub charset: String,
    /// Further languages of the same text: language, character set, text.
    #[serde(default, rename = "o", skip_serializing_if = "Empty::is_empty")]
    pub others: Vec<(String, String, String)>,
}

impl Localization {
    /// Whether there is nothing beside the text.
    pub fn is_empty(&self) -> bool {
        *self == Localization::default()
    }
}

/// The metadata of one document as a source submits it (ITI TF-3 table 4.2.3.2-1). patientId
/// is not here: the document hangs off the identity, and the community ID is written in from
/// the current person at answer time. Empty texts and lists were not sent.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct DocumentEntry {
    /// entryUUID
    pub entry_uuid: Uuid,
    /// objectType
    #[serde(default, skip_serializing_if = "DocumentKind::is_stable")]
    pub kind: DocumentKind,
    /// logicalID, where it is not the entryUUID: that of the first version (ITI-57).
    #[serde(default, skip_serializing_if = "Empty::is_empty")]
    pub logical_id: Option<Uuid>,
    /// version of the metadata, where one was given; the first is 1.
    #[serde(default, skip_serializing_if = "Empty::is_empty")]
    pub version: Option<u32>,
    /// homeCommunityId (`urn:oid:…`), empty for our own.
    #[serde(default, skip_serializing_if = "Empty::is_empty")]
    pub home_community_id: String,
    /// uniqueId (OID, at most 64 characters)
    pub unique_id: String,
    /// repositoryUniqueId
    pub repository_oid: String,
    /// mimeType
    pub mime_type: String,
    /// classCode
    pub class_code: XdsCode,
    /// typeCode
    pub type_code: XdsCode,
    /// formatCode
    pub format_code: XdsCode,
    /// confidentialityCode
    pub confidentiality: Vec<XdsCode>,
    /// healthcareFacilityTypeCode
    pub facility_type: XdsCode,
    /// practiceSettingCode
    pub practice_setting: XdsCode,
    /// eventCodeList
    pub event_codes: Vec<XdsCode>,
    /// languageCode
    pub language: String,
    /// title
    pub title: String,
    /// How the title was sent.
    #[serde(default, skip_serializing_if = "Localization::is_empty")]
    pub title_localization: Localization,
    /// comments
    #[serde(default, skip_serializing_if = "Empty::is_empty")]
    pub comments: String,
    /// How the comments were sent.
    #[serde(default, skip_serializing_if = "Localization::is_empty")]
    pub comments_localization: Localization,
    /// creationTime; [`PartialTime::unknown`] for on-demand entries without one.
    pub creation_time: PartialTime,
    /// serviceStartTime
    pub service_start: Option<PartialTime>,
    /// serviceStopTime
    pub service_stop: Option<PartialTime>,
    /// author
    pub authors: Vec<Author>,
    /// sourcePatientId
    pub source_patient_id: PatientId,
    /// legalAuthenticator
    #[serde(default, skip_serializing_if = "Empty::is_empty")]
    pub legal_authenticator: Option<Person>,
    /// sourcePatientInfo as our gateways know it; boxed because it is large
    pub source_patient_info: Option<Box<Demographics>>,
    /// sourcePatientInfo as others sent it: its lines (`PID-5|…`); they go before the above.
    #[serde(default, skip_serializing_if = "Empty::is_empty")]
    pub source_patient_lines: Vec<String>,
    /// referenceIdList
    pub reference_ids: Vec<ReferenceId>,
    /// hash: SHA-1 of the bytes, lower-case hexadecimal. Empty when not sent (on-demand).
    pub hash: String,
    /// size in bytes; 0 also when not sent ([`DocumentEntry::has_size`]).
    pub size: u64,
    /// URI: the values as sent
    #[serde(default, skip_serializing_if = "Empty::is_empty")]
    pub uri: Vec<String>,
    /// documentAvailability
    #[serde(default, skip_serializing_if = "Empty::is_empty")]
    pub document_availability: Option<DocumentAvailability>,
    /// limitedMetadata: entry of a source that does not know all attributes
    #[serde(default, skip_serializing_if = "Empty::is_empty")]
    pub limited_metadata: bool,
    /// What intake knows beside XDS: travels as `urn:musubi:…` slots.
    pub intake: Option<IntakeOrigin>,
    /// Slots with `urn:` names that we do not know: kept and returned.
    pub extra: Vec<ExtraSlot>,
}

/// The codes of confidentialityCode that keep a document within its facility.
pub const RESTRICTING_LEVELS: [&str; 2] = ["R", "V"];

impl DocumentEntry {
    /// logicalID: the entryUUID of the first version.
    pub fn logical(&self) -> Uuid {
        self.logical_id.unwrap_or(self.entry_uuid)
    }

    /// The version of the metadata; the first is 1.
    pub fn version_number(&self) -> u32 {
        self.version.unwrap_or(1)
    }

    /// Whether its facility shows it to its own people only (公開除外): confidentialityCode `R`
    /// (restricted) or `V` (very restricted) of HL7's Confidentiality, 2.16.840.1.113883.5.25. A
    /// list of another scheme that uses these letters means no less by them.
    pub fn is_restricted(&self) -> bool {
        self.confidentiality.iter().any(|level| RESTRICTING_LEVELS.contains(&level.code.as_str()))
    }

    /// Whether it says a size. Entries without a hash have none unless it is above 0.
    pub fn has_size(&self) -> bool {
        self.size > 0 || !self.hash.is_empty()
    }
}

/// A slot kept for others.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ExtraSlot {
    /// Its `urn:` name.
    pub name: String,
    /// Its values in order.
    pub values: Vec<String>,
}

/// Where an intake document comes from and which version of its logical item it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IntakeOrigin {
    /// The source's name.
    pub source: String,
    /// The logical item.
    pub item: ItemKey,
    /// 発生日時 as in the file name or transaction record: 17 digits, or as many as were sent.
    /// Versions of one item are ordered by it.
    pub sent: String,
    /// The state that the storage gives this version.
    pub state: VersionState,
    /// Department of the file name (`-` as sent means none: empty here).
    pub department: String,
    /// Whether this version is itself a delete message (cancel event, ORC-1 `CA`).
    pub is_delete_message: bool,
    /// Remarks.
    pub flags: Vec<Flag>,
}

/// A SubmissionSet (ITI TF-3 table 4.2.3.3-1). patientId is not here, as with documents.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SubmissionSet {
    /// entryUUID
    pub entry_uuid: Uuid,
    /// uniqueId
    pub unique_id: String,
    /// homeCommunityId (`urn:oid:…`), empty for our own.
    #[serde(default, skip_serializing_if = "Empty::is_empty")]
    pub home_community_id: String,
    /// sourceId (OID of the submitting system)
    pub source_oid: String,
    /// submissionTime
    pub submission_time: Timestamp,
    /// submissionTime as sent; empty where it is the above to the second, in UTC.
    #[serde(default, skip_serializing_if = "Empty::is_empty")]
    pub submission_digits: String,
    /// contentTypeCode
    pub content_type: XdsCode,
    /// author
    pub authors: Vec<Author>,
    /// intendedRecipient: `XON|XCN|XTN`, as sent
    #[serde(default, skip_serializing_if = "Empty::is_empty")]
    pub intended_recipients: Vec<String>,
    /// title
    pub title: String,
    /// How the title was sent.
    #[serde(default, skip_serializing_if = "Localization::is_empty")]
    pub title_localization: Localization,
    /// comments
    #[serde(default, skip_serializing_if = "Empty::is_empty")]
    pub comments: String,
    /// How the comments were sent.
    #[serde(default, skip_serializing_if = "Localization::is_empty")]
    pub comments_localization: Localization,
    /// limitedMetadata
    #[serde(default, skip_serializing_if = "Empty::is_empty")]
    pub limited_metadata: bool,
    /// Slots with `urn:` names that we do not know: kept and returned.
    #[serde(default, skip_serializing_if = "Empty::is_empty")]
    pub extra: Vec<ExtraSlot>,
}

/// A Folder (ITI TF-3 table 4.2.3.4-1). patientId is not here, as with documents.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Folder {
    /// entryUUID
    pub entry_uuid: Uuid,
    /// logicalID, where it is not the entryUUID: that of the first version (ITI-57).
    #[serde(default, skip_serializing_if = "Empty::is_empty")]
    pub logical_id: Option<Uuid>,
    /// version of the metadata, where one was given; the first is 1.
    #[serde(default, skip_serializing_if = "Empty::is_empty")]
    pub version: Option<u32>,
    /// uniqueId
    pub unique_id: String,
    /// homeCommunityId (`urn:oid:…`), empty for our own.
    #[serde(default, skip_serializing_if = "Empty::is_empty")]
    pub home_community_id: String,
    /// codeList
    pub codes: Vec<XdsCode>,
    /// title
    pub title: String,
    /// How the title was sent.
    #[serde(default, skip_serializing_if = "Localization::is_empty")]
    pub title_localization: Localization,
    /// comments
    #[serde(default, skip_serializing_if = "Empty::is_empty")]
    pub comments: String,
    /// How the comments were sent.
    #[serde(default, skip_serializing_if = "Localization::is_empty")]
    pub comments_localization: Localization,
    /// limitedMetadata
    #[serde(default, skip_serializing_if = "Empty::is_empty")]
    pub limited_metadata: bool,
    /// Slots with `urn:` names that we do not know: kept and returned.
    #[serde(default, skip_serializing_if = "Empty::is_empty")]
    pub extra: Vec<ExtraSlot>,
}

impl Folder {
    /// logicalID: the entryUUID of the first version.
    pub fn logical(&self) -> Uuid {
        self.logical_id.unwrap_or(self.entry_uuid)
    }

    /// The version of the metadata; the first is 1.
    pub fn version_number(&self) -> u32 {
        self.version.unwrap_or(1)
    }
}
