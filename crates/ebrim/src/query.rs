//! Stored queries (ITI TF-2 3.18.4.1.2.3, multi-patient ones of 3.51): AdhocQueryRequest as one
//! typed value per query.

mod parameter;
mod pattern;
mod read;
mod write;

pub use pattern::Pattern;
pub use read::read_query;
pub use write::query_request;

use model::Timestamp;
use model::document::{AssociationType, Availability, DocumentKind};
use model::hl7::PatientId;
use uuid::Uuid;

/// A query as a consumer asks it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryRequest {
    /// What is asked.
    pub query: StoredQuery,
    /// How the objects are wanted.
    pub returns: ReturnType,
    /// The attribute `home` of the query (`urn:oid:…`), empty for none.
    pub home_community_id: String,
    /// `$MetadataLevel`: 2 where the consumer understands versions of metadata (ITI-57), else 1.
    pub metadata_level: u32,
    /// `$XDSAssociationStatus`; empty where it was not given.
    pub association_status: Vec<Availability>,
}

impl QueryRequest {
    /// A query for whole objects, nothing else said.
    pub fn new(query: StoredQuery) -> QueryRequest {
        QueryRequest {
            query,
            returns: ReturnType::LeafClass,
            home_community_id: String::new(),
            metadata_level: 1,
            association_status: Vec::new(),
        }
    }
}

/// How the objects of an answer are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReturnType {
    /// Their ids only.
    ObjectRef,
    /// Their metadata.
    LeafClass,
}

/// One of the stored queries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoredQuery {
    /// FindDocuments: one patient.
    FindDocuments(Box<FindDocuments>),
    /// FindDocumentsByReferenceId: one patient, `reference_ids` not empty.
    FindDocumentsByReferenceId(Box<FindDocuments>),
    /// FindSubmissionSets
    FindSubmissionSets(Box<FindSubmissionSets>),
    /// FindFolders: one patient.
    FindFolders(Box<FindFolders>),
    /// GetAll
    GetAll(Box<GetAll>),
    /// GetDocuments
    GetDocuments(ObjectIds),
    /// GetFolders
    GetFolders(ObjectIds),
    /// GetAssociations of these objects.
    GetAssociations(Vec<Uuid>),
    /// GetDocumentsAndAssociations
    GetDocumentsAndAssociations(ObjectIds),
    /// GetSubmissionSets of these documents and folders.
    GetSubmissionSets(Vec<Uuid>),
    /// GetSubmissionSetAndContents
    GetSubmissionSetAndContents(Box<Contents>),
    /// GetFolderAndContents
    GetFolderAndContents(Box<Contents>),
    /// GetFoldersForDocument; one document.
    GetFoldersForDocument(ObjectIds),
    /// GetRelatedDocuments
    GetRelatedDocuments(Box<RelatedDocuments>),
    /// FindDocumentsForMultiplePatients (ITI-51): any number of patients, also none.
    FindDocumentsForMultiplePatients(Box<FindDocuments>),
    /// FindFoldersForMultiplePatients (ITI-51): any number of patients, also none.
    FindFoldersForMultiplePatients(Box<FindFolders>),
    /// FindDocumentsByReferenceIdForMultiplePatients (ITI-51).
    FindDocumentsByReferenceIdForMultiplePatients(Box<FindDocuments>),
}

impl StoredQuery {
    /// The id of the query.
    pub fn urn(&self) -> &'static str {
        match self {
            StoredQuery::FindDocuments(_) => ids::FIND_DOCUMENTS,
            StoredQuery::FindDocumentsByReferenceId(_) => ids::FIND_DOCUMENTS_BY_REFERENCE_ID,
            StoredQuery::FindSubmissionSets(_) => ids::FIND_SUBMISSION_SETS,
            StoredQuery::FindFolders(_) => ids::FIND_FOLDERS,
            StoredQuery::GetAll(_) => ids::GET_ALL,
            StoredQuery::GetDocuments(_) => ids::GET_DOCUMENTS,
            StoredQuery::GetFolders(_) => ids::GET_FOLDERS,
            StoredQuery::GetAssociations(_) => ids::GET_ASSOCIATIONS,
            StoredQuery::GetDocumentsAndAssociations(_) => ids::GET_DOCUMENTS_AND_ASSOCIATIONS,
            StoredQuery::GetSubmissionSets(_) => ids::GET_SUBMISSION_SETS,
            StoredQuery::GetSubmissionSetAndContents(_) => ids::GET_SUBMISSION_SET_AND_CONTENTS,
            StoredQuery::GetFolderAndContents(_) => ids::GET_FOLDER_AND_CONTENTS,
            StoredQuery::GetFoldersForDocument(_) => ids::GET_FOLDERS_FOR_DOCUMENT,
            StoredQuery::GetRelatedDocuments(_) => ids::GET_RELATED_DOCUMENTS,
            StoredQuery::FindDocumentsForMultiplePatients(_) => ids::MPQ_DOCUMENTS,
            StoredQuery::FindFoldersForMultiplePatients(_) => ids::MPQ_FOLDERS,
            StoredQuery::FindDocumentsByReferenceIdForMultiplePatients(_) => {
                ids::MPQ_DOCUMENTS_BY_REFERENCE_ID
            }
        }
    }

    /// Whether it belongs to the Multi-Patient Query (ITI-51) rather than to ITI-18.
    pub fn is_multi_patient(&self) -> bool {
        matches!(
            self,
            StoredQuery::FindDocumentsForMultiplePatients(_)
                | StoredQuery::FindFoldersForMultiplePatients(_)
                | StoredQuery::FindDocumentsByReferenceIdForMultiplePatients(_)
        )
    }

    /// Whether it asks by ids, so that a whole answer (LeafClass) must be of one patient, else
    /// XDSResultNotSinglePatient (ITI TF-2 3.18.4.1.3).
    pub fn is_by_id(&self) -> bool {
        !matches!(
            self,
            StoredQuery::FindDocuments(_)
                | StoredQuery::FindDocumentsByReferenceId(_)
                | StoredQuery::FindSubmissionSets(_)
                | StoredQuery::FindFolders(_)
                | StoredQuery::GetAll(_)
        ) && !self.is_multi_patient()
    }
}

/// A code asked for: code and scheme must both be equal, the display name never counts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CodeAsked {
    /// The code.
    pub code: String,
    /// Its scheme.
    pub scheme: String,
}

/// Groups of codes: of every group, any. No group is no condition.
pub type CodeGroups = Vec<Vec<CodeAsked>>;

/// A span of time, `from <= t < to`; an absent end is open.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Span {
    /// The first instant within.
    pub from: Option<Timestamp>,
    /// The first instant beyond.
    pub to: Option<Timestamp>,
}

/// FindDocuments and its kin. An empty list is no condition, except where said.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FindDocuments {
    /// The patients; exactly one but for multi-patient queries.
    pub patients: Vec<PatientId>,
    /// Statuses asked for; never empty.
    pub availability: Vec<Availability>,
    /// classCode, any of these.
    pub class_codes: Vec<CodeAsked>,
    /// typeCode, any of these.
    pub type_codes: Vec<CodeAsked>,
    /// practiceSettingCode, any of these.
    pub practice_settings: Vec<CodeAsked>,
    /// healthcareFacilityTypeCode, any of these.
    pub facility_types: Vec<CodeAsked>,
    /// formatCode, any of these.
    pub format_codes: Vec<CodeAsked>,
    /// eventCodeList
    pub event_codes: CodeGroups,
    /// confidentialityCode
    pub confidentiality: CodeGroups,
    /// authorPerson, any of these; applied to [`crate::notation::xcn`] of each author.
    pub authors: Vec<Pattern>,
    /// creationTime; never excludes on-demand entries.
    pub creation: Span,
    /// serviceStartTime; an entry without one always fits.
    pub service_start: Span,
    /// serviceStopTime; an entry without one always fits.
    pub service_stop: Span,
    /// objectType, any of these; never empty unless only unknown types were asked for, which no
    /// entry has.
    pub kinds: Vec<DocumentKind>,
    /// referenceIdList as CXi ([`crate::notation::cxi`]): of every group, any.
    pub reference_ids: Vec<Vec<String>>,
}

/// FindSubmissionSets
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FindSubmissionSets {
    /// The patient.
    pub patient: PatientId,
    /// Statuses asked for; never empty.
    pub availability: Vec<Availability>,
    /// sourceId, any of these.
    pub source_oids: Vec<String>,
    /// submissionTime
    pub submitted: Span,
    /// authorPerson
    pub author: Option<Pattern>,
    /// contentTypeCode, any of these.
    pub content_types: Vec<CodeAsked>,
}

/// FindFolders
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FindFolders {
    /// The patients; exactly one but for the multi-patient query.
    pub patients: Vec<PatientId>,
    /// Statuses asked for; never empty.
    pub availability: Vec<Availability>,
    /// lastUpdateTime
    pub last_update: Span,
    /// codeList
    pub codes: CodeGroups,
}

/// GetAll
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GetAll {
    /// The patient.
    pub patient: PatientId,
    /// Statuses of documents; never empty.
    pub document_availability: Vec<Availability>,
    /// Statuses of submission sets; never empty.
    pub set_availability: Vec<Availability>,
    /// Statuses of folders; never empty.
    pub folder_availability: Vec<Availability>,
    /// Which of the documents.
    pub filter: ContentFilter,
}

/// Which documents of a set or folder are wanted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ContentFilter {
    /// formatCode, any of these.
    pub format_codes: Vec<CodeAsked>,
    /// confidentialityCode
    pub confidentiality: CodeGroups,
    /// objectType, as in [`FindDocuments::kinds`].
    pub kinds: Vec<DocumentKind>,
}

/// GetSubmissionSetAndContents and GetFolderAndContents
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contents {
    /// The one set or folder.
    pub of: ObjectIds,
    /// Which of its documents.
    pub filter: ContentFilter,
}

/// GetRelatedDocuments
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelatedDocuments {
    /// The one document.
    pub of: ObjectIds,
    /// Types of relationships, any of these. Empty where only unknown ones were asked for.
    pub association_types: Vec<AssociationType>,
    /// objectType, as in [`FindDocuments::kinds`].
    pub kinds: Vec<DocumentKind>,
}

/// Objects by ids of one kind. What was asked for and is no id at all is left out: nothing has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ObjectIds {
    /// By entryUUID.
    Uuids(Vec<Uuid>),
    /// By uniqueId.
    UniqueIds(Vec<String>),
    /// By logicalID.
    LogicalIds(Vec<Uuid>),
}

/// The ids of the queries.
pub(crate) mod ids {
    pub const FIND_DOCUMENTS: &str = "urn:uuid:14d4debf-8f97-4251-9a74-a90016b0af0d";
    pub const FIND_SUBMISSION_SETS: &str = "urn:uuid:f26abbcb-ac74-4422-8a30-edb644bbc1a9";
    pub const FIND_FOLDERS: &str = "urn:uuid:958f3006-baad-4929-a4de-ff1114824431";
    pub const GET_ALL: &str = "urn:uuid:10b545ea-725c-446d-9b95-8aeb444eddf3";
    pub const GET_DOCUMENTS: &str = "urn:uuid:5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4";
    pub const GET_FOLDERS: &str = "urn:uuid:5737b14c-8a1a-4539-b659-e03a34a5e1e4";
    pub const GET_ASSOCIATIONS: &str = "urn:uuid:a7ae438b-4bc2-4642-93e9-be891f7bb155";
    pub const GET_DOCUMENTS_AND_ASSOCIATIONS: &str =
        "urn:uuid:bab9529a-4a10-40b3-a01f-f68a615d247a";
    pub const GET_SUBMISSION_SETS: &str = "urn:uuid:51224314-5390-4169-9b91-b1980040715a";
    pub const GET_SUBMISSION_SET_AND_CONTENTS: &str =
        "urn:uuid:e8e3cb2c-e39c-46b9-99e4-c12f57260b83";
    pub const GET_FOLDER_AND_CONTENTS: &str = "urn:uuid:b909a503-523d-4517-8acf-8e5834dfc4c7";
    pub const GET_FOLDERS_FOR_DOCUMENT: &str = "urn:uuid:10cae35a-c7f9-4cf5-b61e-fc3278ffb578";
    pub const GET_RELATED_DOCUMENTS: &str = "urn:uuid:d90e5407-b356-4d91-a89f-873917b4b0e6";
    pub const FIND_DOCUMENTS_BY_REFERENCE_ID: &str =
        "urn:uuid:12941a89-e02e-4be5-967c-ce4bfc8fe492";
    pub const MPQ_DOCUMENTS: &str = "urn:uuid:3d1bdb10-39a2-11de-89c2-2f44d94eaa9f";
    pub const MPQ_FOLDERS: &str = "urn:uuid:50d3f5ac-39a2-11de-a1ca-b366239e58df";
    pub const MPQ_DOCUMENTS_BY_REFERENCE_ID: &str = "urn:uuid:1191642d-86c4-42d8-b784-f95445f9f0d5";
}
