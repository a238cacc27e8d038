//! XDS metadata as plain types: DocumentEntry, SubmissionSet, Folder, Association (ITI TF-3 4.2).

mod attribute;
mod folder;
mod submission_set;

use crate::date::PartialTime;
use crate::demographics::Demographics;
use crate::empty::Empty;
use crate::hl7::{PatientId, Person};
use crate::item::{ItemKey, VersionState};
use crate::reason::Flag;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use crate::association::{
    Association, AssociationDetails, AssociationType, SubmissionSetStatus,
};
pub use attribute::{Author, Availability, ExtraSlot, Localization, ReferenceId, XdsCode};
pub use folder::Folder;
pub use submission_set::SubmissionSet;

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
