//! What a human is asked: pairs that no machine decides, and links that contradict themselves.

use crate::error::IdentityError;
use crate::linkage::{
    Assessment, Edge, Explanation, RunnerUp, Settlement, Sides, Standing, Veto, assess, explain,
};
use crate::matching::persons::Unit;
use crate::matching::settling::Case;
use crate::review::{Question, priority};
use model::{Contradiction, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use store::link::{
    NewReview, ReviewRow, TieKind, insert_review, members_of_persons, open_reviews_of,
    renew_review, set_review_state, ties_among,
};
use store::{StoreError, Tx};

/// The state of a review that waits.
pub(crate) const OPEN: &str = "open";
/// What was asked was answered in another way.
pub(crate) const SETTLED: &str = "settled";
/// The evidence asks no more.
pub(crate) const SUPERSEDED: &str = "superseded";

/// A question to be asked.
struct Wanted {
    one: i64,
    other: i64,
    question: Question,
    assessment: Assessment,
}

/// Closes what is asked between an identity and some others: it was answered otherwise.
pub(crate) fn close_between(
    tx: &mut Tx,
    identity_id: i64,
    others: &[i64],
    now: Timestamp,
) -> Result<(), StoreError> {
    if others.is_empty() {
        return Ok(());
    }
    for row in open_reviews_of(tx, &[identity_id])? {
        let other = if row.one == identity_id { row.other } else { row.one };
        if others.contains(&other) {
            set_review_state(tx, row.id, SETTLED, now)?;
        }
    }
    Ok(())
}

/// Asks what has to be asked about the records of a neighbourhood, and no more what has not.
pub(crate) fn refresh(
    tx: &mut Tx,
    case: &Case,
    settlement: &Settlement,
    standing: &[Unit],
) -> Result<(), IdentityError> {
    let mut person_of: BTreeMap<i64, i64> = BTreeMap::new();
    for unit in standing {
        person_of.extend(unit.identities().map(|identity| (identity, unit.person_id)));
    }
    let mut wanted = may_be_one(tx, case, settlement, &mut person_of)?;
    wanted.extend(alarms(case, &person_of));
    let records: Vec<i64> = case.found.records.keys().copied().collect();
    let mut open = open_reviews_of(tx, &records)?;
    for one in &wanted {
        let kept = open.iter().position(|row| (row.one, row.other) == (one.one, one.other));
        let kept = kept.map(|at| open.swap_remove(at));
        ask(tx, case, standing, one, kept.as_ref())?;
    }
    for stale in open {
        set_review_state(tx, stale.id, SUPERSEDED, case.now)?;
    }
    Ok(())
}

/// Explains a pair that was compared; `None` where one of the two was not.
pub(crate) fn explanation(case: &Case, standing: &[Unit], edge: &Edge) -> Option<Explanation> {
    explain_pair(case, standing, (edge.one, edge.other), &edge.assessment)
}

fn explain_pair(
    case: &Case,
    standing: &[Unit],
    (one, other): (i64, i64),
    assessment: &Assessment,
) -> Option<Explanation> {
    let side = |identity: i64| {
        let record = case.found.records.get(&identity).or_else(|| case.found.fringe.get(&identity));
        let evidence = case.looked.evidence.get(&identity)?;
        Some(Sides { evidence, record: record? })
    };
    let next = runner_up(case, standing, (one, other));
    Some(explain(side(one)?, side(other)?, assessment, next, &case.active.model))
}

/// The strongest candidate for either of two that stands under another person than both.
fn runner_up(case: &Case, standing: &[Unit], (one, other): (i64, i64)) -> Option<RunnerUp> {
    let person = |identity: i64| {
        let unit = standing.iter().find(|unit| unit.identities().any(|member| member == identity));
        unit.map(|unit| unit.person_id)
    };
    let own = [person(one), person(other)];
    let candidates = case.found.edges.iter().filter_map(|edge| {
        let is_own = |identity: i64| identity == one || identity == other;
        let third = match (is_own(edge.one), is_own(edge.other)) {
            (true, false) => edge.other,
            (false, true) => edge.one,
            _ => return None,
        };
        let its = person(third);
        let is_elsewhere = its.is_none() || !own.contains(&its);
        let is_possible = edge.assessment.standing != Standing::Apart;
        (is_elsewhere && is_possible).then_some(RunnerUp {
            identity: third,
            score_millibits: edge.assessment.score.total_millibits,
        })
    });
    candidates.max_by_key(|next| (next.score_millibits, std::cmp::Reverse(next.identity)))
}

/// The strongest pair of each two persons that may be one and of whom nobody has said otherwise.
fn may_be_one(
    tx: &mut Tx,
    case: &Case,
    settlement: &Settlement,
    person_of: &mut BTreeMap<i64, i64>,
) -> Result<Vec<Wanted>, IdentityError> {
    if settlement.reviews.is_empty() {
        return Ok(Vec::new());
    }
    let ends = || settlement.reviews.iter().flat_map(|review| [review.one, review.other]);
    let beyond: Vec<i64> = ends().filter(|identity| !person_of.contains_key(identity)).collect();
    let mut said = case.said.clone();
    if !beyond.is_empty() {
        for member in members_of_persons(tx, &beyond)? {
            person_of.insert(member.identity_id, member.person_id);
        }
        let everybody: Vec<i64> = person_of.keys().copied().collect();
        said = ties_among(tx, &everybody)?;
    }
    let persons = |one: i64, other: i64| {
        let (one, other) = (person_of.get(&one)?, person_of.get(&other)?);
        Some((*one.min(other), *one.max(other)))
    };
    let apart: BTreeSet<(i64, i64)> = said
        .iter()
        .filter(|row| row.kind == TieKind::Apart)
        .filter_map(|row| persons(row.one, row.other))
        .collect();
    let mut asked: BTreeSet<(i64, i64)> = BTreeSet::new();
    let mut wanted = Vec::new();
    // The strongest come first.
    for review in &settlement.reviews {
        let Some(between) = persons(review.one, review.other) else { continue };
        let is_new = between.0 != between.1 && !apart.contains(&between) && asked.insert(between);
        let edge = case
            .found
            .edges
            .iter()
            .find(|edge| (edge.one, edge.other) == (review.one, review.other));
        if let (true, Some(edge)) = (is_new, edge) {
            wanted.push(Wanted {
                one: edge.one,
                other: edge.other,
                question: Question::MayBeOne { reason: review.reason },
                assessment: edge.assessment.clone(),
            });
        }
    }
    Ok(wanted)
}

/// Of each person the pair that contradicts itself most, where a human has not looked at it.
fn alarms(case: &Case, person_of: &BTreeMap<i64, i64>) -> Vec<Wanted> {
    let said = |one: i64, other: i64| {
        let row = case.said.iter().find(|row| (row.one, row.other) == (one, other));
        row.map(|row| row.kind)
    };
    let mut worst: BTreeMap<i64, Wanted> = BTreeMap::new();
    let records: Vec<i64> = case.found.records.keys().copied().collect();
    for (at, one) in records.iter().enumerate() {
        for other in records.iter().skip(at + 1) {
            let (Some(person), Some(same)) = (person_of.get(one), person_of.get(other)) else {
                continue;
            };
            let kind = said(*one, *other);
            if person != same || kind == Some(TieKind::Same) {
                continue;
            }
            let Some(found) = contradiction(case, (*one, *other), kind) else { continue };
            let score = |wanted: &Wanted| wanted.assessment.score.total_millibits;
            if worst.get(person).is_none_or(|kept| score(&found) < score(kept)) {
                worst.insert(*person, found);
            }
        }
    }
    worst.into_values().collect()
}

fn contradiction(case: &Case, (one, other): (i64, i64), kind: Option<TieKind>) -> Option<Wanted> {
    let records = &case.found.records;
    let assessment = assess(records.get(&one)?, records.get(&other)?, &case.active.model);
    let demographics = |identity: i64| Some(&case.looked.evidence.get(&identity)?.demographics);
    let differs = Contradiction::among([demographics(one)?, demographics(other)?]);
    let vetoes: Vec<Veto> =
        assessment.vetoes.iter().copied().filter(|veto| *veto != Veto::SameDomain).collect();
    let is_any = differs.is_any() || !vetoes.is_empty() || kind == Some(TieKind::Held);
    is_any.then_some(Wanted {
        one,
        other,
        question: Question::Contradiction { birth: differs.birth, sex: differs.sex, vetoes },
        assessment,
    })
}

fn ask(
    tx: &mut Tx,
    case: &Case,
    standing: &[Unit],
    wanted: &Wanted,
    kept: Option<&ReviewRow>,
) -> Result<(), IdentityError> {
    let json = |error: serde_json::Error| StoreError::Damaged(format!("review: {error}"));
    let explained = explain_pair(case, standing, (wanted.one, wanted.other), &wanted.assessment);
    let explanation = serde_json::to_string(&explained).map_err(json)?;
    let reason = serde_json::to_string(&wanted.question).map_err(json)?;
    if kept.is_some_and(|row| row.explanation == explanation && row.reason == reason) {
        return Ok(());
    }
    let score = i64::from(wanted.assessment.score.total_millibits);
    let alarm = matches!(wanted.question, Question::Contradiction { .. });
    let new = NewReview {
        one: wanted.one,
        other: wanted.other,
        alarm,
        priority: priority(alarm, false, score),
        reason: &reason,
        score_millibits: score,
        explanation: &explanation,
    };
    match kept {
        Some(row) => renew_review(tx, row.id, &new, case.now)?,
        None => {
            insert_review(tx, &new, case.now)?;
            if alarm {
                tracing::warn!(
                    one = new.one,
                    other = new.other,
                    "records of one person contradict"
                );
            }
        }
    }
    Ok(())
}
