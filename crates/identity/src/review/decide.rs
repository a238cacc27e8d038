//! The answer to a review.

use super::case::ReviewSide;
use super::effects::{apart, everybody, parted, sides, survivor};
use super::{Question, ReviewState, priority, question, row};
use crate::error::IdentityError;
use crate::link::{LinkRequest, PartRequest, link, split};
use crate::linkage::ReviewReason;
use crate::matching::rematch;
use crate::person::audit_change;
use model::limits::REVIEW_NOTE_CHARACTERS;
use model::{Contradiction, IdSource, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use store::audit::Action;
use store::link::{
    NewDecision, ReviewRow, TieKind, delete_automatic, insert_decision, open_reviews_of, put_ties,
    set_review_priority, set_review_state,
};
use store::{StoreError, Tx};

/// An answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// They are one human: both persons become one, whatever else was asked between them is
    /// answered.
    Same,
    /// They are two: no machine links them again, neither directly nor over a third record.
    NotSame,
    /// Not now: it goes to the end of the list.
    Later,
}

impl Verdict {
    /// The stable name in the database.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Same => "same",
            Verdict::NotSame => "not-same",
            Verdict::Later => "later",
        }
    }

    pub(super) fn of(name: &str) -> Result<Verdict, StoreError> {
        [Verdict::Same, Verdict::NotSame, Verdict::Later]
            .into_iter()
            .find(|verdict| verdict.name() == name)
            .ok_or_else(|| StoreError::Damaged(format!("verdict {name}")))
    }
}

/// Who answers what.
#[derive(Debug, Clone)]
pub struct DecideRequest {
    /// The review.
    pub review_id: i64,
    /// The answer.
    pub verdict: Verdict,
    /// Who answers.
    pub actor: String,
    /// When.
    pub now: Timestamp,
    /// On what grounds; kept with the decision and its events.
    pub note: String,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecideOutcome {
    /// The decision, to take it back by.
    pub decision_id: i64,
    /// Events of links and splits.
    pub events: Vec<i64>,
    /// Other reviews that it answered too.
    pub closed: Vec<i64>,
}

/// What a decision did, kept to be taken back by.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Effect {
    /// Events of links and splits, in order.
    pub events: Vec<i64>,
    /// The person from which identities were split.
    pub split_from: Option<i64>,
    /// Other reviews that were answered.
    pub closed: Vec<i64>,
    /// What was said of the pair before.
    pub priority_before: i64,
}

/// Answers a review.
///
/// # Errors
/// [`IdentityError::ReviewClosed`] where it does not wait any more, [`IdentityError::KeptApart`]
/// where it would put two under one person of whom somebody has said that they are two; nothing is
/// changed then.
pub fn decide(
    tx: &mut Tx,
    ids: &dyn IdSource,
    request: &DecideRequest,
) -> Result<DecideOutcome, IdentityError> {
    let row = row(tx, request.review_id)?;
    if ReviewState::of(&row)? != ReviewState::Open {
        return Err(IdentityError::ReviewClosed { review_id: row.id, state: row.state });
    }
    let pair = sides(tx, &row)?;
    let concerned: Vec<i64> = pair.iter().flat_map(everybody).map(|identity| identity.id).collect();
    let asked = open_reviews_of(tx, &concerned)?;
    let mut effect = Effect { priority_before: row.priority, ..Effect::default() };
    match request.verdict {
        Verdict::Later => {
            let alarm = matches!(question(&row)?, Question::Contradiction { .. });
            let priority = priority(alarm, true, row.score_millibits);
            set_review_priority(tx, row.id, priority, request.now)?;
        }
        Verdict::Same => {
            set_review_state(tx, row.id, ReviewState::Same.name(), request.now)?;
            same(tx, request, &question(&row)?, &pair, &mut effect)?;
        }
        Verdict::NotSame => {
            set_review_state(tx, row.id, ReviewState::NotSame.name(), request.now)?;
            not_same(tx, ids, request, &pair, &mut effect)?;
        }
    }
    if request.verdict != Verdict::Later {
        rematch(tx, row.one, request.now)?;
        rematch(tx, row.other, request.now)?;
        effect.closed = answered(tx, &asked, row.id)?;
    }
    audit(tx, request, &pair)?;
    let decision_id = record(tx, request, &effect)?;
    Ok(DecideOutcome { decision_id, events: effect.events, closed: effect.closed })
}

fn same(
    tx: &mut Tx,
    request: &DecideRequest,
    question: &Question,
    [one, other]: &[ReviewSide; 2],
    effect: &mut Effect,
) -> Result<(), IdentityError> {
    if one.identity.person_id == other.identity.person_id {
        return confirm(tx, request, one, other);
    }
    if let Some(said) = apart(tx, one, other)? {
        return Err(IdentityError::KeptApart {
            one: said.one,
            other: said.other,
            actor: said.actor,
        });
    }
    let (stays, comes) = survivor(one, other);
    for identity in everybody(comes) {
        let joined = LinkRequest {
            identity_id: identity.id,
            person: stays.community_id.clone(),
            actor: request.actor.clone(),
            now: request.now,
            evidence: evidence(request),
        };
        effect.events.extend(link(tx, &joined)?.map(|done| done.event_id));
    }
    let demographics = [&one.identity.demographics, &other.identity.demographics];
    let is_vetoed = matches!(question, Question::MayBeOne { reason: ReviewReason::Vetoed(_) });
    if is_vetoed || Contradiction::among(demographics).is_any() {
        // Whoever answered has seen in what they differ: that raises no alarm.
        let said = (request.actor.as_str(), request.now);
        put_ties(tx, one.identity.id, &[other.identity.id], TieKind::Same, said)?;
    }
    Ok(())
}

/// Contradicting records of one person are one all the same: the link is a human's from now on.
fn confirm(
    tx: &mut Tx,
    request: &DecideRequest,
    one: &ReviewSide,
    other: &ReviewSide,
) -> Result<(), IdentityError> {
    let said = (request.actor.as_str(), request.now);
    put_ties(tx, one.identity.id, &[other.identity.id], TieKind::Same, said)?;
    for member in parted(tx, one, other)? {
        delete_automatic(tx, member.identity_id)?;
    }
    Ok(())
}

fn not_same(
    tx: &mut Tx,
    ids: &dyn IdSource,
    request: &DecideRequest,
    [one, other]: &[ReviewSide; 2],
    effect: &mut Effect,
) -> Result<(), IdentityError> {
    if one.identity.person_id == other.identity.person_id {
        effect.split_from = Some(one.identity.person_id);
        for member in parted(tx, one, other)? {
            let parting = PartRequest {
                identity_id: member.identity_id,
                actor: request.actor.clone(),
                now: request.now,
                evidence: evidence(request),
            };
            effect.events.push(split(tx, ids, &parting)?.event_id);
        }
    }
    let said = (request.actor.as_str(), request.now);
    put_ties(tx, one.identity.id, &[other.identity.id], TieKind::Apart, said)?;
    close_others(tx, one, other, request.now)?;
    Ok(())
}

/// What else is asked between two persons is answered by one pair of theirs being two.
fn close_others(
    tx: &mut Tx,
    one: &ReviewSide,
    other: &ReviewSide,
    now: Timestamp,
) -> Result<(), IdentityError> {
    let of = |side: &ReviewSide| -> Vec<i64> { members(side).into_iter().collect() };
    let (left, right) = (members(one), members(other));
    for row in open_reviews_of(tx, &of(one))? {
        let crosses = left.contains(&row.one) && right.contains(&row.other)
            || left.contains(&row.other) && right.contains(&row.one);
        if crosses {
            set_review_state(tx, row.id, ReviewState::Settled.name(), now)?;
        }
    }
    Ok(())
}

fn members(side: &ReviewSide) -> BTreeSet<i64> {
    everybody(side).map(|identity| identity.id).collect()
}

/// Of the reviews that were asked those that are answered now.
fn answered(tx: &mut Tx, asked: &[ReviewRow], own: i64) -> Result<Vec<i64>, IdentityError> {
    let ends: Vec<i64> = asked.iter().flat_map(|row| [row.one, row.other]).collect();
    let open: BTreeSet<i64> = open_reviews_of(tx, &ends)?.iter().map(|row| row.id).collect();
    let closed = asked.iter().map(|row| row.id).filter(|id| *id != own && !open.contains(id));
    Ok(closed.collect())
}

fn evidence(request: &DecideRequest) -> Value {
    json!({ "rule": "review", "review": request.review_id, "note": note(request) })
}

fn note(request: &DecideRequest) -> String {
    let limit = usize::try_from(REVIEW_NOTE_CHARACTERS).unwrap_or(usize::MAX);
    request.note.chars().filter(|character| *character != '\0').take(limit).collect()
}

fn audit(
    tx: &mut Tx,
    request: &DecideRequest,
    sides: &[ReviewSide; 2],
) -> Result<(), IdentityError> {
    let detail = json!({ "review": request.review_id, "verdict": request.verdict.name() });
    let persons: BTreeSet<i64> = sides.iter().map(|side| side.identity.person_id).collect();
    for person_id in persons {
        audit_change(tx, Action::IdentityLink, person_id, &request.actor, request.now, &detail)?;
    }
    Ok(())
}

fn record(tx: &mut Tx, request: &DecideRequest, effect: &Effect) -> Result<i64, IdentityError> {
    let effects = serde_json::to_string(effect)
        .map_err(|error| StoreError::Damaged(format!("effects: {error}")))?;
    let new = NewDecision {
        review_id: request.review_id,
        verdict: request.verdict.name(),
        actor: &request.actor,
        at: request.now,
        note: &note(request),
        effects: &effects,
    };
    Ok(insert_decision(tx, &new)?)
}
