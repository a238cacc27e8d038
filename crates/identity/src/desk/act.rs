//! Acts: whom they touch, what refuses them, and how they are done.

use crate::agreement::{Candidate, check_agreement};
use crate::enrol::SameAs;
use crate::error::IdentityError;
use crate::link::{LinkRequest, PartRequest, UnlinkRequest, link, split, unlink};
use crate::merge::unmerge;
use crate::review;
use access::AccessError;
use model::limits::IDENTITY_REASON_CHARACTERS;
use model::{Contradiction, IdSource, Timestamp};
use ports::{Act, ActRefusal, Clerk, DeskError, Done, Effect, Verdict};
use serde_json::json;
use store::link::ReviewRow;
use store::person::{EventKind, Identity, Person};
use store::{StoreError, Tx, person};

/// Why a use case of the desk ends without a change.
pub(super) enum Refused {
    /// Not there, or not for this account.
    Closed,
    /// The act cannot be done.
    Act(ActRefusal),
    /// Something was changed since the effect was shown.
    Changed,
    /// The effect was found out; what was done for it is taken back.
    Rehearsed(Box<Effect>),
    /// Something failed.
    Failed(String),
}

impl Refused {
    /// The error for pages.
    pub(super) fn into_error(self) -> DeskError {
        match self {
            Refused::Closed => DeskError::Closed,
            Refused::Act(refusal) => DeskError::Refused(refusal),
            Refused::Changed => DeskError::Changed,
            Refused::Rehearsed(_) => DeskError::Unavailable("a rehearsal was kept".to_owned()),
            Refused::Failed(words) => DeskError::Unavailable(words),
        }
    }
}

/// The persons that an act touches.
pub(super) struct Touched {
    /// The record that moves; of a review the first of both.
    pub record: Identity,
    /// The persons by their keys, each once: the record's first.
    pub persons: Vec<i64>,
}

/// Whom an act touches.
pub(super) fn touched(tx: &mut Tx, act: &Act) -> Result<Touched, Refused> {
    let (identity_id, other) = match act {
        Act::Split { identity_id } => (*identity_id, last_link(tx, *identity_id)?),
        Act::Link { identity_id, person_id, .. } => {
            (*identity_id, Some(super::survivor(tx, *person_id)?.id))
        }
        Act::Undo { event_id } => {
            let event = person::event_by_id(tx, *event_id)?.ok_or(Refused::Closed)?;
            (event.identity_id, event.person_before)
        }
        Act::Decide { .. } | Act::UndoDecision { .. } => {
            let review = review_of(tx, act)?;
            (review.one, Some(identity(tx, review.other)?.person_id))
        }
    };
    let record = identity(tx, identity_id)?;
    if record.is_affinity {
        return Err(Refused::Closed);
    }
    let mut persons = vec![record.person_id];
    persons.extend(other.filter(|other| *other != record.person_id));
    Ok(Touched { record, persons })
}

/// The reason as it is kept.
pub(super) fn reason(text: &str) -> Result<&str, Refused> {
    let text = text.trim();
    let length = text.chars().count() as u64;
    if (1..=IDENTITY_REASON_CHARACTERS).contains(&length) {
        Ok(text)
    } else {
        Err(Refused::Act(ActRefusal::Reason { limit: IDENTITY_REASON_CHARACTERS }))
    }
}

/// Whether an act would say that records which contradict each other are of one human.
pub(super) fn contradicts(tx: &mut Tx, act: &Act) -> Result<bool, Refused> {
    match act {
        Act::Link { identity_id, person_id, .. } => {
            let record = identity(tx, *identity_id)?;
            let target = super::survivor(tx, *person_id)?;
            match agreement(tx, &record, &target) {
                Ok(()) => Ok(false),
                Err(IdentityError::Contradiction { .. }) => Ok(true),
                Err(error) => Err(error.into()),
            }
        }
        Act::Decide { verdict: Verdict::Same, .. } => {
            let mut all = Vec::new();
            for person_id in touched(tx, act)?.persons {
                all.extend(super::records(tx, person_id)?);
            }
            Ok(Contradiction::among(all.iter().map(|it| &it.demographics)).is_any())
        }
        _ => Ok(false),
    }
}

/// The act, with whatever contradicts said expressly: what it would do is shown all the same.
pub(super) fn despite(act: &Act) -> Act {
    let mut said = act.clone();
    if let Act::Link { despite_differences, .. } | Act::Decide { despite_differences, .. } =
        &mut said
    {
        *despite_differences = true;
    }
    said
}

/// Does it.
pub(super) fn carry_out(
    tx: &mut Tx,
    ids: &dyn IdSource,
    act: &Act,
    clerk: &Clerk,
    reason: &str,
    now: Timestamp,
) -> Result<Done, Refused> {
    let record = touched(tx, act)?.record;
    let (identity_id, actor) = (record.id, clerk.actor.clone());
    let evidence = json!({ "rule": "operator", "reason": reason });
    let mut decision = None;
    match act {
        Act::Split { .. } => {
            split(tx, ids, &PartRequest { identity_id, actor, now, evidence })?;
        }
        Act::Link { person_id, despite_differences, .. } => {
            let target = super::survivor(tx, *person_id)?;
            if !despite_differences {
                agreement(tx, &record, &target)?;
            }
            let evidence = json!({
                "rule": "operator", "reason": reason, "despite_differences": despite_differences,
            });
            let person = target.community_id;
            let request = LinkRequest { identity_id, person, actor, now, evidence };
            link(tx, &request)?.ok_or(Refused::Act(ActRefusal::SamePerson))?;
        }
        Act::Undo { event_id } => {
            let event = person::event_by_id(tx, *event_id)?.ok_or(Refused::Closed)?;
            if event.kind == EventKind::Merged {
                if !unmerge(tx, ids, identity_id, (&actor, now), &evidence)? {
                    return Err(Refused::Act(ActRefusal::TakenBack));
                }
            } else {
                unlink(tx, ids, &UnlinkRequest { event_id: *event_id, actor, now, evidence })?;
            }
        }
        Act::Decide { review_id, verdict, despite_differences } => {
            if !despite_differences && contradicts(tx, act)? {
                return Err(Refused::Act(ActRefusal::Contradiction));
            }
            let note = reason.to_owned();
            let verdict = kept_verdict(*verdict);
            let request =
                review::DecideRequest { review_id: *review_id, verdict, actor, now, note };
            decision = Some(review::decide(tx, ids, &request)?.decision_id);
        }
        Act::UndoDecision { decision_id } => {
            let request = review::UndoRequest { decision_id: *decision_id, actor, now };
            review::undo(tx, ids, &request)?;
            decision = Some(*decision_id);
        }
    }
    let person_after = identity(tx, identity_id)?.person_id;
    let last = person::events_of_identity(tx, identity_id)?.last().map(|event| event.id);
    let event_id = decision.or(last).unwrap_or(0);
    Ok(Done { event_id, identity_id, person_before: record.person_id, person_after })
}

fn kept_verdict(verdict: Verdict) -> review::Verdict {
    match verdict {
        Verdict::Same => review::Verdict::Same,
        Verdict::NotSame => review::Verdict::NotSame,
        Verdict::Later => review::Verdict::Later,
    }
}

/// The review that an act is about.
fn review_of(tx: &mut Tx, act: &Act) -> Result<ReviewRow, Refused> {
    let review_id = match act {
        Act::Decide { review_id, .. } => *review_id,
        Act::UndoDecision { decision_id } => {
            let decision = store::link::decision_by_id(tx, *decision_id)?;
            decision.ok_or(Refused::Closed)?.review_id
        }
        Act::Split { .. } | Act::Link { .. } | Act::Undo { .. } => return Err(Refused::Closed),
    };
    store::link::review_by_id(tx, review_id)?.ok_or(Refused::Closed)
}

/// The person to whom a split gives the record back, where its last link stands.
fn last_link(tx: &mut Tx, identity_id: i64) -> Result<Option<i64>, Refused> {
    let events = person::events_of_identity(tx, identity_id)?;
    let last = crate::link::last_standing(&events);
    let event = events.into_iter().find(|event| Some(event.id) == last);
    Ok(event.filter(|event| event.kind == EventKind::Linked).and_then(|event| event.person_before))
}

fn agreement(tx: &mut Tx, record: &Identity, target: &Person) -> Result<(), IdentityError> {
    let candidate = Candidate {
        domain_oid: record.domain_oid.clone(),
        local_id: record.local_id.clone(),
        demographics: None,
    };
    check_agreement(tx, &candidate, &SameAs::Community(target.community_id.clone()))
}

fn identity(tx: &mut Tx, identity_id: i64) -> Result<Identity, Refused> {
    person::identity_by_id(tx, identity_id)?.ok_or(Refused::Closed)
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Refused {
        Refused::Failed(error.to_string())
    }
}

impl From<AccessError> for Refused {
    fn from(error: AccessError) -> Refused {
        IdentityError::from(error).into()
    }
}

impl From<IdentityError> for Refused {
    fn from(error: IdentityError) -> Refused {
        match error {
            IdentityError::Contradiction { .. } => Refused::Act(ActRefusal::Contradiction),
            IdentityError::NothingToPart(_) => Refused::Act(ActRefusal::OnlyRecord),
            IdentityError::TakenBack(_) => Refused::Act(ActRefusal::TakenBack),
            IdentityError::NotALink(_) => Refused::Act(ActRefusal::NotUndoable),
            IdentityError::Superseded { later, .. } => {
                Refused::Act(ActRefusal::Superseded { later })
            }
            IdentityError::ReviewClosed { .. } => Refused::Act(ActRefusal::Answered),
            IdentityError::KeptApart { actor, .. } => Refused::Act(ActRefusal::KeptApart { actor }),
            IdentityError::NoSuchDecision(_) => Refused::Act(ActRefusal::NotUndoable),
            IdentityError::NoSuchPerson(_)
            | IdentityError::NoSuchIdentity(_)
            | IdentityError::NoSuchReview(_) => Refused::Closed,
            other => {
                let cause = std::error::Error::source(&other).map(|it| format!(": {it}"));
                Refused::Failed(format!("{other}{}", cause.unwrap_or_default()))
            }
        }
    }
}
