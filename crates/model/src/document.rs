//! XDS metadata as plain types: DocumentEntry, SubmissionSet, Folder, Association (ITI TF-3 4.2).

use crate::clock::Timestamp;
use crate::date::PartialTime;
use crate::demographics::Demographics;
use crate::hl7::{Organization, PatientId, Person};
use crate::item::{ItemKey, VersionState};
use crate::reason::Flag;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

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

/// An author (ITI TF-3 4.2.3.1.1).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Author {
    /// authorPerson
    pub person: Option<Person>,
    /// authorInstitution
    pub institutions: Vec<Organization>,
    /// authorSpecialty
    pub specialties: Vec<String>,
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

/// The metadata of one document as a source submits it (ITI TF-3 table 4.2.3.2-1). patientId
/// is not here: the document hangs off the identity, and the community ID is written in from
/// the current person at answer time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentEntry {
    /// entryUUID
    pub entry_uuid: Uuid,
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
    /// creationTime
    pub creation_time: PartialTime,
    /// serviceStartTime
    pub service_start: Option<PartialTime>,
    /// serviceStopTime
    pub service_stop: Option<PartialTime>,
    /// author
    pub authors: Vec<Author>,
    /// sourcePatientId
    pub source_patient_id: PatientId,
    /// sourcePatientInfo; boxed because most entries of a patient share it and it is large
    pub source_patient_info: Option<Box<Demographics>>,
    /// referenceIdList
    pub reference_ids: Vec<ReferenceId>,
    /// hash: SHA-1 of the bytes, lower-case hexadecimal
    pub hash: String,
    /// size in bytes
    pub size: u64,
    /// What intake knows beside XDS: travels as `urn:musubi:…` slots.
    pub intake: Option<IntakeOrigin>,
    /// Slots with `urn:` names that we do not know: kept and returned.
    pub extra: Vec<ExtraSlot>,
}

/// A slot kept for others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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

/// A SubmissionSet (ITI TF-3 table 4.2.3.3-1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubmissionSet {
    /// entryUUID
    pub entry_uuid: Uuid,
    /// uniqueId
    pub unique_id: String,
    /// sourceId (OID of the submitting system)
    pub source_oid: String,
    /// submissionTime
    pub submission_time: Timestamp,
    /// contentTypeCode
    pub content_type: XdsCode,
    /// author
    pub authors: Vec<Author>,
    /// title
    pub title: String,
}

/// A Folder (ITI TF-3 table 4.2.3.4-1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Folder {
    /// entryUUID
    pub entry_uuid: Uuid,
    /// uniqueId
    pub unique_id: String,
    /// codeList
    pub codes: Vec<XdsCode>,
    /// title
    pub title: String,
}

/// An association type (ITI TF-3 4.2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AssociationType {
    /// `urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember`
    HasMember,
    /// `urn:ihe:iti:2007:AssociationType:RPLC`
    Replaces,
    /// `urn:ihe:iti:2007:AssociationType:APND`
    Appends,
    /// `urn:ihe:iti:2007:AssociationType:XFRM`
    Transforms,
    /// `urn:ihe:iti:2007:AssociationType:XFRM_RPLC`
    TransformsAndReplaces,
    /// `urn:ihe:iti:2007:AssociationType:signs`
    Signs,
    /// `urn:ihe:iti:2010:AssociationType:IsSnapshotOf`
    IsSnapshotOf,
}

impl AssociationType {
    /// The URN of the standard.
    pub fn urn(self) -> &'static str {
        match self {
            AssociationType::HasMember => {
                "urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember"
            }
            AssociationType::Replaces => "urn:ihe:iti:2007:AssociationType:RPLC",
            AssociationType::Appends => "urn:ihe:iti:2007:AssociationType:APND",
            AssociationType::Transforms => "urn:ihe:iti:2007:AssociationType:XFRM",
            AssociationType::TransformsAndReplaces => "urn:ihe:iti:2007:AssociationType:XFRM_RPLC",
            AssociationType::Signs => "urn:ihe:iti:2007:AssociationType:signs",
            AssociationType::IsSnapshotOf => "urn:ihe:iti:2010:AssociationType:IsSnapshotOf",
        }
    }

    /// The short name, as in the database and in dumps.
    pub fn name(self) -> &'static str {
        match self {
            AssociationType::HasMember => "HasMember",
            AssociationType::Replaces => "RPLC",
            AssociationType::Appends => "APND",
            AssociationType::Transforms => "XFRM",
            AssociationType::TransformsAndReplaces => "XFRM_RPLC",
            AssociationType::Signs => "signs",
            AssociationType::IsSnapshotOf => "IsSnapshotOf",
        }
    }
}

/// An Association between two registry objects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Association {
    /// entryUUID
    pub entry_uuid: Uuid,
    /// Type
    pub association_type: AssociationType,
    /// sourceObject
    pub source: Uuid,
    /// targetObject
    pub target: Uuid,
}
