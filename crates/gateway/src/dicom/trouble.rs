//! What a person has to look at: kept in quarantine under its place, with the reason.

use crate::dicom::turn::Turn;
use crate::error::GatewayError;
use model::reason::Reason;
use store::intake::{self, NewQuarantine};

/// Keeps that something of an enrolled patient was not taken, or was hidden, and why.
pub(crate) async fn keep(
    turn: &Turn,
    place: String,
    patient_id: &str,
    reason: Reason,
    detail: &str,
) -> Result<(), GatewayError> {
    tracing::warn!(source = turn.source.name, reason = reason.code(), detail, "images");
    let item = NewQuarantine {
        place: place.into_bytes(),
        patient_id: patient_id.to_owned(),
        reason: reason.code().to_owned(),
        detail: detail.to_owned(),
        size: 0,
        sha256: None,
        modified_us: 0,
        bytes: None,
    };
    let (source_id, now) = (turn.source.id, turn.now());
    turn.write(move |tx| intake::put_quarantine(tx, source_id, &item, now.0)).await?;
    turn.count(|counts| counts.quarantined += 1);
    Ok(())
}

/// Lets it leave quarantine: what was wrong is right now.
pub(crate) async fn leave(turn: &Turn, place: String) -> Result<(), GatewayError> {
    let source_id = turn.source.id;
    turn.write(move |tx| intake::leave_quarantine(tx, source_id, place.as_bytes()).map(drop)).await
}
