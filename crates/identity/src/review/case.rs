//! One review with everything that is needed to answer it.

use super::effects::{preview, sides};
use super::list::{ReviewLine, lines};
use super::{ReviewState, Verdict, row};
use crate::error::IdentityError;
use crate::linkage::{CandidateIndex as _, Explanation, Sides, assess, explain};
use crate::matching::{StoredIndex, weights};
use crate::person::audit_change;
use model::{CommunityId, Timestamp};
use serde_json::json;
use store::audit::Action;
use store::link::{DecisionRow, decisions_of_review};
use store::person::Identity;
use store::{StoreError, Tx};

/// A review, opened.
#[derive(Debug, Clone, PartialEq)]
pub struct ReviewCase {
    /// What the list says of it.
    pub line: ReviewLine,
    /// Whether it waits.
    pub state: ReviewState,
    /// The one identity with its person.
    pub one: ReviewSide,
    /// The other one with its person.
    pub other: ReviewSide,
    /// The evidence field by field, whose bits add up to `line.score_millibits`, with the
    /// conditions of the gate and the runner-up. `None` where it was not kept.
    pub explanation: Option<Explanation>,
    /// Who would stand where afterwards.
    pub effects: Effects,
    /// What was said of it before, in order.
    pub decisions: Vec<Decided>,
}

/// One side of a review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewSide {
    /// The identity, as received.
    pub identity: Identity,
    /// 統合ID of its person.
    pub community_id: CommunityId,
    /// The other identities of that person.
    pub others: Vec<Identity>,
}

/// What each answer would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effects {
    /// The persons afterwards, if they are the same. `None` where that cannot be said: of two
    /// members somebody has said that they are two.
    pub same: Option<Vec<EffectPerson>>,
    /// The persons afterwards, if they are not.
    pub not_same: Vec<EffectPerson>,
}

/// A person as it would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EffectPerson {
    /// Its 統合ID; `None` for a new one.
    pub community_id: Option<CommunityId>,
    /// Its identities.
    pub identities: Vec<Identity>,
}

/// An answer that was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// Key, to take it back by.
    pub decision_id: i64,
    /// What was said.
    pub verdict: Verdict,
    /// By whom.
    pub actor: String,
    /// When.
    pub at: Timestamp,
    /// On what grounds.
    pub note: String,
    /// When it was taken back, and by whom.
    pub undone: Option<(Timestamp, String)>,
}

/// Opens a review; audited as a view of both persons.
///
/// # Errors
/// [`IdentityError::NoSuchReview`].
pub fn case(
    tx: &mut Tx,
    review_id: i64,
    actor: &str,
    now: Timestamp,
) -> Result<ReviewCase, IdentityError> {
    let row = row(tx, review_id)?;
    let line = lines(tx, std::slice::from_ref(&row))?.pop();
    let line = line.ok_or(IdentityError::NoSuchReview(review_id))?;
    let [one, other] = sides(tx, &row)?;
    let effects = preview(tx, &one, &other)?;
    let explanation = serde_json::from_str(&row.explanation).map_err(|error| {
        StoreError::Damaged(format!("explanation of review {review_id}: {error}"))
    })?;
    let decisions = decisions_of_review(tx, review_id)?;
    let decisions = decisions.into_iter().map(decided).collect::<Result<_, _>>()?;
    let detail = json!({ "page": "review", "review": review_id });
    audit_change(tx, Action::View, one.identity.person_id, actor, now, &detail)?;
    if one.identity.person_id != other.identity.person_id {
        audit_change(tx, Action::View, other.identity.person_id, actor, now, &detail)?;
    }
    let state = ReviewState::of(&row)?;
    Ok(ReviewCase { line, state, one, other, explanation, effects, decisions })
}

/// Compares any two identities by the weights of now, field by field. Nothing is changed.
///
/// # Errors
/// [`IdentityError::NoEvidence`] where a source has said nothing of one of them.
pub fn explain_pair(tx: &mut Tx, one: i64, other: i64) -> Result<Explanation, IdentityError> {
    let active = weights::active(tx)?;
    let mut index = StoredIndex::new(tx);
    let mut record = |identity: i64| -> Result<_, IdentityError> {
        let found = index.records(&[identity])?.pop();
        found.ok_or(IdentityError::NoEvidence(identity))
    };
    let (left, right) = (record(one)?, record(other)?);
    let evidence = index.into_looked().evidence;
    let side = |identity: i64| evidence.get(&identity).ok_or(IdentityError::NoEvidence(identity));
    let assessment = assess(&left, &right, &active.model);
    let left = Sides { evidence: side(one)?, record: &left };
    let right = Sides { evidence: side(other)?, record: &right };
    Ok(explain(left, right, &assessment, None, &active.model))
}

fn decided(row: DecisionRow) -> Result<Decided, StoreError> {
    Ok(Decided {
        decision_id: row.id,
        verdict: Verdict::of(&row.verdict)?,
        actor: row.actor,
        at: row.at,
        note: row.note,
        undone: row.undone,
    })
}
