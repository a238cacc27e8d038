//! DocumentSink: where a gateway gives documents. In one process it is repository and registry;
//! from another process it is ITI-41.

use bytes::Bytes;
use futures::future::BoxFuture;
use model::document::{Association, DocumentEntry, Folder, SubmissionSet};
use model::item::VersionState;
use thiserror::Error;

/// One submission set with its objects and the documents' bytes (ITI TF-2 3.41).
///
/// The patient is the `source_patient_id` of the documents: domain OID and local ID, known
/// from enrolment. A submission is atomic; submitting it again is a no-op.
#[derive(Debug, Clone)]
pub struct Submission {
    /// The set.
    pub set: SubmissionSet,
    /// Entries with their bytes.
    pub documents: Vec<(DocumentEntry, Bytes)>,
    /// Folders.
    pub folders: Vec<Folder>,
    /// Associations beside the set's own HasMember, which are implied.
    pub associations: Vec<Association>,
}

/// A success answer: data and metadata are on stable storage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// What happened.
    pub outcome: Outcome,
}

/// What a submission did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Stored.
    Registered,
    /// It was already there, byte for byte, in the same state.
    AlreadyThere,
    /// It was already there; its version state changed.
    StateChanged,
    /// It is stored, and the source shows another version of its item, sent at the same time with
    /// other bytes, as current too: which of them holds, the source has to say.
    TwoCurrent,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Outcome; 4] =
        [Outcome::Registered, Outcome::AlreadyThere, Outcome::StateChanged, Outcome::TwoCurrent];

    /// The name by which it travels between our own processes.
    pub fn name(self) -> &'static str {
        match self {
            Outcome::Registered => "registered",
            Outcome::AlreadyThere => "already-there",
            Outcome::StateChanged => "state-changed",
            Outcome::TwoCurrent => "two-current",
        }
    }

    /// The outcome of a name.
    pub fn from_name(name: &str) -> Option<Outcome> {
        Outcome::ALL.into_iter().find(|outcome| outcome.name() == name)
    }
}

/// The source shows a known version of an item in another state (a renamed file, a DEL record).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateChange {
    /// uniqueId of the document.
    pub unique_id: String,
    /// The new state.
    pub state: VersionState,
}

/// Why a submission was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SinkError {
    /// The submission is wrong and stays wrong: an XDS error code with a context.
    #[error("{code}: {context}")]
    Refused {
        /// The error code, such as `XDSPatientIdDoesNotMatch`.
        code: &'static str,
        /// What, where, what to do.
        context: String,
    },
    /// The centre cannot take it now; try again later.
    #[error("the centre cannot store now: {0}")]
    Unavailable(String),
}

/// Takes submissions, each for itself: one that fails does not touch its neighbours.
pub trait DocumentSink: Send + Sync {
    /// Submits each; the answers are in the order of the submissions, after all of them are
    /// durable.
    fn submit(
        &self,
        submissions: Vec<Submission>,
    ) -> BoxFuture<'_, Vec<Result<Receipt, SinkError>>>;

    /// Changes the state of versions that are already registered. Attachments (APND) that came
    /// with a version share its state and need no change of their own.
    fn change_states(
        &self,
        changes: Vec<StateChange>,
    ) -> BoxFuture<'_, Vec<Result<Receipt, SinkError>>>;
}
