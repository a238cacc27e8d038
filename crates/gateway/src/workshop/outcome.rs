//! What became of one version: ready for the centre, or for the quarantine with its reason.

use crate::beneath::{FileStamp, Trouble};
use crate::budget::Permit;
use crate::listing::{Candidate, reason_of};
use crate::place;
use model::item::VersionState;
use model::reason::Reason;
use ports::{DemographicsUpdate, Submission};

/// What became of one version.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// Ready for the centre.
    Prepared(Box<Prepared>),
    /// For the quarantine.
    Rejected(Box<Rejected>),
    /// As it was.
    Unchanged,
}

/// A version that is ready for the centre.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub place: Vec<u8>,
    pub patient_id: String,
    pub stamp: FileStamp,
    pub unique_id: String,
    pub sent: String,
    pub state: VersionState,
    pub category: &'static str,
    pub submission: Submission,
    pub demographics: Option<DemographicsUpdate>,
    /// The document that stood at this place before it was rewritten, and what it becomes, with
    /// the attachments that came with it.
    pub superseded: Option<(String, VersionState)>,
    /// uniqueIds of the attachments of a version that is not current: they share its state.
    pub attached: Vec<String>,
    /// Why the place waits in quarantine, which it leaves once it is taken.
    pub was_quarantined: Option<Reason>,
    /// SHA-256 of the file, for the quarantine should the centre refuse it.
    pub sha256: [u8; 32],
    /// Given back once the ledger has it.
    pub _permit: Option<Permit>,
}

/// A version for the quarantine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rejected {
    pub place: Vec<u8>,
    pub patient_id: String,
    pub reason: Reason,
    pub detail: String,
    pub stamp: Option<FileStamp>,
    pub sha256: Option<[u8; 32]>,
    pub bytes: Option<Vec<u8>>,
    /// uniqueId of what was taken from this place before, if anything was.
    pub known_unique_id: String,
}

/// Whether the bytes of a quarantined item may be kept: only where its PID has been found to be
/// the enrolled patient's. The others may be somebody's who does not take part.
pub(crate) fn keeps_bytes(reason: Reason) -> bool {
    matches!(
        reason,
        Reason::TwoCurrent | Reason::BroughtBack | Reason::Refused | Reason::TypeMismatch
    )
}

pub(super) fn unreadable(candidate: &Candidate, at: Vec<u8>, trouble: &Trouble) -> Rejected {
    let reason = reason_of(trouble).unwrap_or(Reason::Vanished);
    let what = match at == candidate.relative {
        true => String::new(),
        false => format!("{}: ", place::shown_bytes(&at[candidate.relative.len()..])),
    };
    Rejected {
        place: candidate.place.clone(),
        patient_id: candidate.item.patient_id.clone(),
        reason,
        detail: format!("{what}{trouble}"),
        stamp: candidate.stamp,
        sha256: None,
        bytes: None,
        known_unique_id: known_unique_id(candidate),
    }
}

pub(super) fn known_unique_id(candidate: &Candidate) -> String {
    candidate.known.as_ref().map(|known| known.unique_id.clone()).unwrap_or_default()
}
