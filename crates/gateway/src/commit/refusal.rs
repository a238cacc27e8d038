//! What the centre's refusals mean, and what goes into the quarantine for them.

use crate::workshop::{Prepared, Rejected, keeps_bytes};
use model::reason::Reason;
use ports::SinkError;

/// Codes by which the centre says that our own identifier stands for other bytes already: the
/// same content in another frame, of which only the state matters.
const KNOWN_IN_ANOTHER_FRAME: [&str; 2] = ["XDSNonIdenticalHash", "XDSNonIdenticalSize"];
/// The code by which the centre says that a state would go back: what was deleted or replaced is
/// shown as valid.
const BROUGHT_BACK: &str = "XDSMetadataUpdateError";
/// The code for a document that is not registered.
const UNKNOWN_DOCUMENT: &str = "XDSDocumentUniqueIdError";
/// The code for a patient who is not (or no longer) enrolled.
const UNKNOWN_PATIENT: &str = "XDSUnknownPatientId";
/// What a person is told of two versions of one moment.
const TWO_CURRENT: &str = "another version with other bytes has the same key and sending time and \
                           is shown as valid too; both are kept, one of them is shown with a \
                           remark; ask the hospital which one holds";

/// A version that is kept although another one contradicts it, for the quarantine.
pub(super) fn two_current(prepared: &Prepared) -> Rejected {
    Rejected {
        place: prepared.place.clone(),
        patient_id: prepared.patient_id.clone(),
        reason: Reason::TwoCurrent,
        detail: TWO_CURRENT.to_owned(),
        stamp: Some(prepared.stamp),
        sha256: Some(prepared.sha256),
        bytes: prepared.submission.documents.first().map(|(_, bytes)| bytes.to_vec()),
        known_unique_id: prepared.unique_id.clone(),
    }
}

pub(super) fn refused(prepared: &Prepared, error: &SinkError) -> Rejected {
    let reason = match error {
        SinkError::Refused { code, .. } if *code == BROUGHT_BACK => Reason::BroughtBack,
        SinkError::Refused { .. } => Reason::Refused,
        SinkError::Unavailable(_) => Reason::Failed,
    };
    let bytes = prepared.submission.documents.first().map(|(_, bytes)| bytes.to_vec());
    Rejected {
        place: prepared.place.clone(),
        patient_id: prepared.patient_id.clone(),
        reason,
        detail: error.to_string(),
        stamp: Some(prepared.stamp),
        sha256: keeps_bytes(reason).then_some(prepared.sha256),
        bytes: bytes.filter(|_| keeps_bytes(reason)),
        known_unique_id: prepared
            .superseded
            .as_ref()
            .map(|(old, _)| old.clone())
            .unwrap_or_default(),
    }
}

pub(super) fn is_unknown_patient(error: &SinkError) -> bool {
    has_code(error, UNKNOWN_PATIENT)
}

/// Whether our own identifier stands for the same content in another frame already.
pub(super) fn is_known_in_another_frame(error: &SinkError) -> bool {
    KNOWN_IN_ANOTHER_FRAME.iter().any(|code| has_code(error, code))
}

/// Whether a state would go back.
pub(super) fn is_brought_back(error: &SinkError) -> bool {
    has_code(error, BROUGHT_BACK)
}

/// Whether a state that was not changed needs nobody: the version went further already, or was
/// never taken.
pub(super) fn is_settled(error: &SinkError) -> bool {
    has_code(error, BROUGHT_BACK) || has_code(error, UNKNOWN_DOCUMENT)
}

fn has_code(error: &SinkError, wanted: &str) -> bool {
    matches!(error, SinkError::Refused { code, .. } if *code == wanted)
}
