//! Reviews of linkage for pages: what waits, and one of them with its evidence.

use super::act::Refused;
use super::places;
use crate::error::IdentityError;
use crate::linkage::{Explanation, ReviewReason};
use crate::review::{self, Question};
use model::limits::REVIEW_PAGE_ROWS;
use model::{Contradiction, Timestamp};
use ports::{
    QueuePlace, ReviewCase, ReviewDecision, ReviewEvidence, ReviewField, ReviewLine,
    ReviewQuestion, ReviewQueue,
};
use serde::Serialize;
use std::collections::BTreeMap;
use store::Tx;
use store::person::{Identity, identities_by_ids};

/// A page of the queue.
pub(super) fn queue(
    tx: &mut Tx,
    source: Option<&str>,
    after: Option<QueuePlace>,
) -> Result<ReviewQueue, Refused> {
    let places = places(tx)?;
    let domains: Option<Vec<i64>> = source.map(|wanted| {
        let of_source = places
            .domains
            .iter()
            .filter(|(_, held)| held.iter().any(|(_, source)| source == wanted));
        of_source.map(|(domain_id, _)| *domain_id).collect()
    });
    let after = after.map(|place| (place.rank, place.opened_us, place.id));
    let page = review::queue(tx, domains.as_deref(), after, REVIEW_PAGE_ROWS)?;
    let next = page.next.map(|(rank, opened_us, id)| QueuePlace { rank, opened_us, id });
    Ok(ReviewQueue {
        lines: lines(tx, &page.reviews)?,
        next,
        open_count: page.open_count,
        alarm_count: page.alarm_count,
        fitting_count: page.fitting_count,
        places,
    })
}

/// One review. The view is audited by it.
pub(super) fn case(
    tx: &mut Tx,
    review_id: i64,
    actor: &str,
    now: Timestamp,
) -> Result<ReviewCase, Refused> {
    let opened = review::case(tx, review_id, actor, now)?;
    let line = lines(tx, std::slice::from_ref(&opened.line))?.pop().ok_or(Refused::Closed)?;
    let evidence = match &opened.explanation {
        Some(explanation) => Some(evidence(tx, explanation)?),
        None => None,
    };
    let last = opened.decisions.iter().rfind(|one| one.undone.is_none());
    Ok(ReviewCase {
        line,
        persons: [opened.one.identity.person_id, opened.other.identity.person_id],
        state: opened.state.name(),
        evidence,
        last_decision: last.map(|decision| decision.decision_id),
        decisions: opened
            .decisions
            .iter()
            .map(|decision| ReviewDecision {
                id: decision.decision_id,
                verdict: decision.verdict.name(),
                actor: decision.actor.clone(),
                at: decision.at,
                note: decision.note.clone(),
                undone: decision.undone.clone(),
            })
            .collect(),
        places: places(tx)?,
    })
}

/// The lines of a list with both records whole.
fn lines(tx: &mut Tx, listed: &[review::ReviewLine]) -> Result<Vec<ReviewLine>, IdentityError> {
    let ids: Vec<i64> =
        listed.iter().flat_map(|line| [line.one.identity_id, line.other.identity_id]).collect();
    let records: BTreeMap<i64, Identity> =
        identities_by_ids(tx, &ids)?.into_iter().map(|record| (record.id, record)).collect();
    let record = |id: i64| records.get(&id).cloned().ok_or(IdentityError::NoSuchIdentity(id));
    let line = |line: &review::ReviewLine| {
        Ok(ReviewLine {
            id: line.id,
            records: [record(line.one.identity_id)?, record(line.other.identity_id)?],
            community_ids: [line.one.community_id.clone(), line.other.community_id.clone()],
            question: question(&line.question),
            score_millibits: line.score_millibits,
            is_put_off: line.is_put_off,
            opened: line.opened,
        })
    };
    listed.iter().map(line).collect()
}

fn question(asked: &Question) -> ReviewQuestion {
    match asked {
        Question::MayBeOne { reason: ReviewReason::Vetoed(veto) } => {
            ReviewQuestion::MayBeOne { reason: "vetoed".to_owned(), veto: Some(name(veto)) }
        }
        Question::MayBeOne { reason } => {
            ReviewQuestion::MayBeOne { reason: name(reason), veto: None }
        }
        Question::Contradiction { birth, sex, .. } => {
            ReviewQuestion::Contradiction(Contradiction { birth: *birth, sex: *sex })
        }
    }
}

fn evidence(tx: &mut Tx, explanation: &Explanation) -> Result<ReviewEvidence, IdentityError> {
    let runner_up = match &explanation.runner_up {
        Some(next) => identities_by_ids(tx, &[next.identity])?
            .pop()
            .map(|record| (record, next.score_millibits)),
        None => None,
    };
    let fields = explanation.fields.iter().map(|field| ReviewField {
        name: field.field.name(),
        raw: [field.raw_one.clone(), field.raw_other.clone()],
        normalised: [field.normalised_one.clone(), field.normalised_other.clone()],
        level: field.level.name(),
        millibits: field.millibits,
    });
    let conditions = explanation.gate.iter();
    Ok(ReviewEvidence {
        fields: fields.collect(),
        household_millibits: explanation.household_millibits,
        prior_millibits: explanation.prior_millibits,
        total_millibits: explanation.total_millibits,
        gate: conditions
            .map(|it| (name(&it.name), it.holds, it.reason.clone().into_owned()))
            .collect(),
        vetoes: explanation.vetoes.iter().map(name).collect(),
        runner_up,
        weights_version: explanation.weights_version.clone(),
    })
}

/// The stable name of a variant, as it is stored.
fn name(value: &impl Serialize) -> String {
    let written = serde_json::to_value(value).ok();
    written.as_ref().and_then(|it| it.as_str()).unwrap_or_default().to_owned()
}
