//! What can go wrong in the repository.

use ports::SinkError;
use store::StoreError;
use thiserror::Error;

/// An error of the repository.
#[derive(Debug, Error)]
pub enum RepositoryError {
    /// The bytes are not those that the metadata describe (ITI TF-2 3.41.4.1.3).
    #[error(
        "{attribute} of document {unique_id} is not that of the bytes received; send them again"
    )]
    Metadata {
        /// uniqueId of the document.
        unique_id: String,
        /// `hash` or `size`.
        attribute: &'static str,
    },
    /// No document has this uniqueId.
    #[error("no document has uniqueId {unique_id}")]
    Unknown {
        /// The uniqueId asked for.
        unique_id: String,
    },
    /// What is stored is not what was received: it is not given out.
    #[error(
        "bytes of document {unique_id} are damaged or missing: {detail}; restore them from a backup"
    )]
    Damaged {
        /// uniqueId of the document.
        unique_id: String,
        /// What differs.
        detail: String,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl RepositoryError {
    /// The error code of the standard.
    pub fn code(&self) -> &'static str {
        match self {
            RepositoryError::Metadata { .. } => "XDSRepositoryMetadataError",
            RepositoryError::Unknown { .. } => "XDSDocumentUniqueIdError",
            RepositoryError::Damaged { .. } => "XDSRepositoryError",
            RepositoryError::Store(StoreError::Full(_)) => "XDSRepositoryOutOfResources",
            RepositoryError::Store(_) => "XDSRepositoryBusy",
        }
    }
}

impl From<RepositoryError> for SinkError {
    fn from(error: RepositoryError) -> SinkError {
        match error {
            RepositoryError::Store(error) => SinkError::Unavailable(error.to_string()),
            other => SinkError::Refused { code: other.code(), context: other.to_string() },
        }
    }
}
