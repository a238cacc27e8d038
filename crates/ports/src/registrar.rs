//! Registrar: where ITI-41, ITI-42 and ITI-61 hand a submission that was read and checked. In
//! one process it is registry and repository in one transaction.

use crate::caller::Caller;
use crate::document_sink::Outcome;
use bytes::Bytes;
use ebrim::{ErrorCode, Problem, Submission};
use futures::future::BoxFuture;
use thiserror::Error;

/// A submission with what is known of its documents' bytes.
#[derive(Debug, Clone)]
pub struct Registration {
    /// What was read; hash, size and repositoryUniqueId of held documents are filled in.
    pub submission: Submission,
    /// By the places of the documents: their bytes, `None` where another repository holds them.
    pub contents: Vec<Option<HeldBytes>>,
    /// Who submits.
    pub caller: Caller,
    /// The transaction, as the audit row names it: `ITI-41`.
    pub transaction: &'static str,
}

/// The bytes of one document.
#[derive(Debug, Clone)]
pub struct HeldBytes {
    /// Their SHA-256.
    pub sha256: [u8; 32],
    /// The bytes, for the database; `None` where they are the object of their SHA-256 already.
    pub bytes: Option<Bytes>,
}

/// What is left of the bytes of a registered document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoredBytes {
    /// They are those that were received.
    Whole(Bytes),
    /// They are lost, or others than those that were received; the registrar has logged it.
    Damaged,
    /// They are not held here, or were removed (ITI-86).
    Elsewhere,
}

/// Why nothing was registered.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RegistrarError {
    /// The submission breaks rules: all that were found.
    #[error("{} rules are broken", .0.len())]
    Refused(Vec<Problem>),
    /// The centre cannot take it now; the text is for the log.
    #[error("the centre cannot store now: {0}")]
    Unavailable(String),
}

impl RegistrarError {
    /// What is answered, with no word about our insides; `busy` for what a retry may mend.
    pub fn problems(self, busy: ErrorCode) -> Vec<Problem> {
        match self {
            RegistrarError::Refused(problems) => problems,
            RegistrarError::Unavailable(_) => {
                vec![Problem::new(busy, "", "the centre cannot take this now; try again later")]
            }
        }
    }
}

/// Takes submissions, each whole or not at all, durable when it answers; writes the audit row.
pub trait Registrar: Send + Sync {
    /// Registers one.
    fn register(
        &self,
        registration: Registration,
    ) -> BoxFuture<'_, Result<Outcome, RegistrarError>>;

    /// The bytes of a registered document, for use cases that must derive its facts again.
    ///
    /// # Errors
    /// The store cannot be asked now. Damage is no error: what must go on goes on without facts.
    fn bytes_of(&self, unique_id: String) -> BoxFuture<'_, Result<StoredBytes, RegistrarError>>;
}
