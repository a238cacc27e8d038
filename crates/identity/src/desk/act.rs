//! Acts: whom they touch, what refuses them, and how they are done.

use crate::agreement::{Candidate, check_agreement};
use crate::enrol::SameAs;
use crate::error::IdentityError;
use crate::link::{LinkRequest, PartRequest, UnlinkRequest, link, split, unlink};
use crate::merge::unmerge;
use access::AccessError;
use model::limits::IDENTITY_REASON_CHARACTERS;
use model::{IdSource, Timestamp};
use ports::{Act, ActRefusal, Clerk, DeskError, Done, Effect};
use serde_json::json;
use store::person::{Event, EventKind, Identity, Person};
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

/// The persons that an act touches, by their keys, each once.
pub(super) struct Touched {
    /// The record that moves.
    pub record: Identity,
    /// The event that is taken back.
    pub event: Option<Event>,
    /// The persons: the record's first.
    pub persons: Vec<i64>,
}

/// Whom an act touches.
pub(super) fn touched(tx: &mut Tx, act: &Act) -> Result<Touched, Refused> {
    let (identity_id, event, other) = match act {
        Act::Split { identity_id } => (*identity_id, None, last_link(tx, *identity_id)?),
        Act::Link { identity_id, person_id, .. } => {
            let target = super::survivor(tx, *person_id)?;
            (*identity_id, None, Some(target.id))
        }
        Act::Undo { event_id } => {
            let event = person::event_by_id(tx, *event_id)?.ok_or(Refused::Closed)?;
            (event.identity_id, Some(event.clone()), event.person_before)
        }
    };
    let record = person::identity_by_id(tx, identity_id)?
        .filter(|record| !record.is_affinity)
        .ok_or(Refused::Closed)?;
    let mut persons = vec![record.person_id];
    persons.extend(other.filter(|other| *other != record.person_id));
    Ok(Touched { record, event, persons })
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

/// Whether a link would join records that contradict each other.
pub(super) fn contradicts(tx: &mut Tx, act: &Act) -> Result<bool, Refused> {
    let Act::Link { identity_id, person_id, .. } = act else { return Ok(false) };
    let record = identity(tx, *identity_id)?;
    let target = super::survivor(tx, *person_id)?;
    match agreement(tx, &record, &target) {
        Ok(()) => Ok(false),
        Err(IdentityError::Contradiction { .. }) => Ok(true),
        Err(error) => Err(error.into()),
    }
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
    let actor = clerk.actor.clone();
    let evidence = json!({ "rule": "operator", "reason": reason });
    let (identity_id, person_before) = match act {
        Act::Split { identity_id } | Act::Link { identity_id, .. } => {
            (*identity_id, identity(tx, *identity_id)?.person_id)
        }
        Act::Undo { event_id } => {
            let event = person::event_by_id(tx, *event_id)?.ok_or(Refused::Closed)?;
            (event.identity_id, identity(tx, event.identity_id)?.person_id)
        }
    };
    match act {
        Act::Split { .. } => {
            split(tx, ids, &PartRequest { identity_id, actor, now, evidence })?;
        }
        Act::Link { person_id, despite_differences, .. } => {
            let target = super::survivor(tx, *person_id)?;
            if !despite_differences {
                let record = identity(tx, identity_id)?;
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
    }
    let person_after = identity(tx, identity_id)?.person_id;
    let last = person::events_of_identity(tx, identity_id)?.last().map(|event| event.id);
    Ok(Done { event_id: last.unwrap_or(0), identity_id, person_before, person_after })
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
            IdentityError::NoSuchPerson(_) | IdentityError::NoSuchIdentity(_) => Refused::Closed,
            other => {
                let cause = std::error::Error::source(&other).map(|it| format!(": {it}"));
                Refused::Failed(format!("{other}{}", cause.unwrap_or_default()))
            }
        }
    }
}
