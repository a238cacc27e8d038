//! Why something of images cannot be done.

use ports::InstanceError;
use store::StoreError;
use thiserror::Error;

/// Why something of images cannot be done.
#[derive(Debug, Clone, Error)]
pub enum ImagingError {
    /// An instance was not taken.
    #[error(transparent)]
    Refused(#[from] InstanceError),
    /// The state cannot be read or written.
    #[error("the state of images cannot be read or written")]
    Store(#[from] StoreError),
    /// What is kept cannot be read.
    #[error("{what} is damaged: {detail}")]
    Damaged {
        /// What.
        what: String,
        /// How.
        detail: String,
    },
    /// The manifest of a study was not registered.
    #[error("the manifest of a study was not registered: {0}")]
    Manifest(String),
    /// A picture cannot be made now.
    #[error("a picture cannot be made now: {0}")]
    Rendering(String),
}

impl ImagingError {
    /// What whoever brought an instance is told.
    pub fn of_instance(self) -> InstanceError {
        match self {
            ImagingError::Refused(refused) => refused,
            ImagingError::Store(StoreError::Full(_)) => InstanceError::Full,
            other => InstanceError::Unavailable(other.to_string()),
        }
    }
}
