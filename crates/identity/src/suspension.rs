//! An enrolment that rests: while it is suspended nothing is taken or shown, nothing is deleted,
//! and consents stay as they are. Only a person suspends and resumes.

use crate::error::IdentityError;
use crate::person::audit_change;
use model::Timestamp;
use serde_json::json;
use store::audit::Action;
use store::person::{EventKind, Identity, NewEvent};
use store::{Tx, intake, person};

/// Whose enrolment rests, or goes on.
#[derive(Debug, Clone)]
pub struct SuspensionRequest {
    /// OID of the patient-ID domain.
    pub domain_oid: String,
    /// ID in the domain.
    pub local_id: String,
    /// Who records it.
    pub actor: String,
    /// When.
    pub now: Timestamp,
    /// Why.
    pub basis: String,
}

/// Suspends an enrolment. `false` where it was suspended before.
///
/// # Errors
/// The patient is not enrolled.
pub fn suspend(tx: &mut Tx, request: &SuspensionRequest) -> Result<bool, IdentityError> {
    let identity = enrolled(tx, request)?;
    if !person::suspend_enrolment(tx, identity.id, request.now, &request.actor)? {
        return Ok(false);
    }
    record(tx, &identity, EventKind::Suspended, request)?;
    Ok(true)
}

/// Ends a suspension: what the source has written since is read like that of a patient who is
/// new. `false` where nothing was suspended.
///
/// # Errors
/// The patient is not enrolled.
pub fn resume(tx: &mut Tx, request: &SuspensionRequest) -> Result<bool, IdentityError> {
    let identity = enrolled(tx, request)?;
    if !person::resume_enrolment(tx, identity.id, &request.actor)? {
        return Ok(false);
    }
    intake::forget_completed(tx, identity.domain_id, &identity.local_id)?;
    record(tx, &identity, EventKind::Resumed, request)?;
    Ok(true)
}

fn enrolled(tx: &mut Tx, request: &SuspensionRequest) -> Result<Identity, IdentityError> {
    let known = person::identity_by_local_id(tx, &request.domain_oid, &request.local_id)?;
    known.filter(|identity| identity.enrolled || identity.suspended_at.is_some()).ok_or_else(|| {
        IdentityError::NotEnrolled {
            domain_oid: request.domain_oid.clone(),
            local_id: request.local_id.clone(),
        }
    })
}

fn record(
    tx: &mut Tx,
    identity: &Identity,
    kind: EventKind,
    request: &SuspensionRequest,
) -> Result<(), IdentityError> {
    let evidence = json!({ "basis": request.basis }).to_string();
    let event = NewEvent {
        at: request.now,
        kind,
        identity_id: identity.id,
        person_before: Some(identity.person_id),
        person_after: Some(identity.person_id),
        actor: &request.actor,
        evidence: &evidence,
        undoes: None,
    };
    person::insert_event(tx, &event)?;
    let detail = json!({
        "change": kind.name(), "identity": identity.id, "basis": request.basis,
    });
    audit_change(tx, Action::Enrolment, identity.person_id, &request.actor, request.now, &detail)
}
