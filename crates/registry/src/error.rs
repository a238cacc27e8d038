//! What the registry answers when it does not register: a violated rule, or a store that fails.

use ports::SinkError;
use store::StoreError;
use thiserror::Error;

/// The error codes of ITI TF-3 table 4.2.4.1-2 that the registry's rules name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorCode {
    /// A rule of the metadata without a code of its own.
    XdsRegistryMetadataError,
    /// The patient is not known from the identity feed.
    XdsUnknownPatientId,
    /// Objects that must be one patient's are not.
    XdsPatientIdDoesNotMatch,
    /// A document's uniqueId is known with another hash.
    XdsNonIdenticalHash,
    /// A document's uniqueId is known with another size.
    XdsNonIdenticalSize,
    /// The uniqueId of a submission set or folder is known.
    XdsDuplicateUniqueIdInRegistry,
    /// A uniqueId stands twice in one submission.
    XdsRegistryDuplicateUniqueIdInMessage,
    /// An association names an object that is not Approved.
    XdsRegistryDeprecatedDocumentError,
    /// An association names an object that is nowhere.
    UnresolvedReferenceException,
    /// A state change names a document that is not registered.
    XdsDocumentUniqueIdError,
    /// A state change that would bring back what was deleted or replaced.
    XdsMetadataUpdateError,
}

impl ErrorCode {
    /// The code as the standard writes it.
    pub fn name(self) -> &'static str {
        match self {
            ErrorCode::XdsRegistryMetadataError => "XDSRegistryMetadataError",
            ErrorCode::XdsUnknownPatientId => "XDSUnknownPatientId",
            ErrorCode::XdsPatientIdDoesNotMatch => "XDSPatientIdDoesNotMatch",
            ErrorCode::XdsNonIdenticalHash => "XDSNonIdenticalHash",
            ErrorCode::XdsNonIdenticalSize => "XDSNonIdenticalSize",
            ErrorCode::XdsDuplicateUniqueIdInRegistry => "XDSDuplicateUniqueIdInRegistry",
            ErrorCode::XdsRegistryDuplicateUniqueIdInMessage => {
                "XDSRegistryDuplicateUniqueIdInMessage"
            }
            ErrorCode::XdsRegistryDeprecatedDocumentError => "XDSRegistryDeprecatedDocumentError",
            ErrorCode::UnresolvedReferenceException => "UnresolvedReferenceException",
            ErrorCode::XdsDocumentUniqueIdError => "XDSDocumentUniqueIdError",
            ErrorCode::XdsMetadataUpdateError => "XDSMetadataUpdateError",
        }
    }
}

/// A rule that a submission breaks: it stays wrong however often it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{context} ({section})")]
pub struct Violation {
    /// The code of the answer.
    pub code: ErrorCode,
    /// The section that holds the rule, such as `ITI TF-2 3.42.4.1.3.3`.
    pub section: &'static str,
    /// What, where, what to do; the `codeContext` of the answer.
    pub context: String,
}

/// Why a use case of the registry did not commit.
#[derive(Debug, Error)]
pub enum RegistryError {
    /// A rule is broken; nothing was written.
    #[error(transparent)]
    Refused(#[from] Violation),
    /// A version becomes current whose facts are not at hand: read its bytes, derive, and run
    /// the use case again with the result in [`crate::Derivations`]. Nothing was written.
    #[error("the facts of document {unique_id} must be derived first")]
    NeedsContent {
        /// uniqueId of the version.
        unique_id: String,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A row does not read as what was once written.
    #[error("stored metadata of {unique_id} does not read: {reason}; restore it from a backup")]
    Damaged {
        /// uniqueId of the object.
        unique_id: String,
        /// What does not read.
        reason: String,
    },
}

impl From<Violation> for SinkError {
    fn from(violation: Violation) -> SinkError {
        SinkError::Refused { code: violation.code.name(), context: violation.to_string() }
    }
}
