//! A decision taken back: as if nothing had been said.

use super::decide::{Effect, Verdict};
use super::effects::sides;
use super::{ReviewState, row};
use crate::error::IdentityError;
use crate::link::{LinkRequest, UnlinkRequest, Voice, link_as, unlink_silently};
use crate::matching::rematch;
use crate::person::audit_change;
use model::{IdSource, Timestamp};
use serde_json::json;
use store::audit::Action;
use store::link::{
    DecisionRow, decision_by_id, decisions_of_review, delete_ties, set_decision_undone,
    set_review_priority, set_review_state,
};
use store::{StoreError, Tx, person};

/// Who takes which decision back.
#[derive(Debug, Clone)]
pub struct UndoRequest {
    /// The decision.
    pub decision_id: i64,
    /// Who takes it back.
    pub actor: String,
    /// When.
    pub now: Timestamp,
}

/// Takes a decision back: links that it made are unlinked, what it split is linked again, and the
/// reviews that it answered wait again. Nothing is said of the two by that; gives the review.
///
/// # Errors
/// [`IdentityError::NoSuchDecision`] where it is not the last of its review that stands,
/// [`IdentityError::Superseded`] where a later link or split builds on it.
pub fn undo(tx: &mut Tx, _ids: &dyn IdSource, request: &UndoRequest) -> Result<i64, IdentityError> {
    let missing = || IdentityError::NoSuchDecision(request.decision_id);
    let decision = decision_by_id(tx, request.decision_id)?.ok_or_else(missing)?;
    let decisions = decisions_of_review(tx, decision.review_id)?;
    let last = decisions.iter().rfind(|one| one.undone.is_none());
    if last.is_none_or(|last| last.id != decision.id) {
        return Err(missing());
    }
    let row = row(tx, decision.review_id)?;
    let effect: Effect = serde_json::from_str(&decision.effects)
        .map_err(|error| StoreError::Damaged(format!("decision {}: {error}", decision.id)))?;
    match Verdict::of(&decision.verdict)? {
        Verdict::Later => {}
        Verdict::Same => {
            for event_id in effect.events.iter().rev() {
                unlink_once(tx, request, *event_id)?;
            }
            delete_ties(tx, row.one, &[row.other])?;
        }
        Verdict::NotSame => {
            delete_ties(tx, row.one, &[row.other])?;
            link_again(tx, request, &decision, &effect)?;
        }
    }
    set_review_priority(tx, row.id, effect.priority_before, request.now)?;
    for review_id in effect.closed.iter().chain([&row.id]) {
        set_review_state(tx, *review_id, ReviewState::Open.name(), request.now)?;
    }
    set_decision_undone(tx, decision.id, &request.actor, request.now)?;
    let detail = json!({ "review": row.id, "undone": decision.verdict });
    for side in sides(tx, &row)? {
        let person_id = side.identity.person_id;
        audit_change(tx, Action::IdentityLink, person_id, &request.actor, request.now, &detail)?;
    }
    rematch(tx, row.one, request.now)?;
    rematch(tx, row.other, request.now)?;
    Ok(row.id)
}

fn unlink_once(tx: &mut Tx, request: &UndoRequest, event_id: i64) -> Result<(), IdentityError> {
    let taken_back = UnlinkRequest {
        event_id,
        actor: request.actor.clone(),
        now: request.now,
        evidence: json!({ "rule": "undo", "decision": request.decision_id }),
    };
    match unlink_silently(tx, &taken_back) {
        // Somebody has parted them since: that stands.
        Ok(_) | Err(IdentityError::TakenBack(_)) => Ok(()),
        Err(error) => Err(error),
    }
}

/// What was split comes back to the person that it left.
fn link_again(
    tx: &mut Tx,
    request: &UndoRequest,
    decision: &DecisionRow,
    effect: &Effect,
) -> Result<(), IdentityError> {
    let Some(left) = effect.split_from else { return Ok(()) };
    let target = person::by_id(tx, left)?;
    let target = target.ok_or_else(|| IdentityError::NoSuchPerson(left.to_string()))?;
    for event_id in effect.events.iter().rev() {
        let Some(event) = person::event_by_id(tx, *event_id)? else { continue };
        let again = LinkRequest {
            identity_id: event.identity_id,
            person: target.community_id.clone(),
            actor: request.actor.clone(),
            now: request.now,
            evidence: json!({ "rule": "undo", "decision": decision.id }),
        };
        link_as(tx, &again, Voice::Said)?;
    }
    Ok(())
}
