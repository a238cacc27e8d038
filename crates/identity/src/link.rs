//! Linking and unlinking: which identities are one human. Each is an event with before and
//! after, and can be taken back; no document moves.

use crate::error::IdentityError;
use crate::iti10;
use crate::matching::questions;
use crate::person::{audit_change, create, resolve};
use model::{CommunityId, IdSource, Timestamp};
use serde_json::{Value, json};
use store::audit::Action;
use store::link::TieKind;
use store::person::{Event, EventKind, Identity, NewEvent};
use store::{Tx, consent, merged_identity, person};

/// An identity is the same human as a person.
#[derive(Debug, Clone)]
pub struct LinkRequest {
    /// The identity to move.
    pub identity_id: i64,
    /// The person it is.
    pub person: CommunityId,
    /// Who says so: a login, or a rule with its version.
    pub actor: String,
    /// When.
    pub now: Timestamp,
    /// On what it rests.
    pub evidence: Value,
}

/// A link or parting is taken back.
#[derive(Debug, Clone)]
pub struct UnlinkRequest {
    /// The event.
    pub event_id: i64,
    /// Who says so.
    pub actor: String,
    /// When.
    pub now: Timestamp,
    /// Why.
    pub evidence: Value,
}

/// An identity is somebody else than the other identities of its person.
#[derive(Debug, Clone)]
pub struct PartRequest {
    /// The identity.
    pub identity_id: i64,
    /// Who says so.
    pub actor: String,
    /// When.
    pub now: Timestamp,
    /// Why.
    pub evidence: Value,
}

/// What a link or unlink did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkOutcome {
    /// The event, to take it back by.
    pub event_id: i64,
    /// The person before.
    pub person_before: i64,
    /// The person after.
    pub person_after: i64,
    /// A link left the person before without an identity: its community ID leads to the person
    /// after, and what it consented to counts there. Taking a link back never merges: it says
    /// that the two are not one human.
    pub is_merged: bool,
}

/// Who moves an identity, and with it what is said of the persons concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Voice {
    /// A human, or the identity's own source: what it joins was never two, what it parts is kept
    /// apart from then on.
    Said,
    /// A machine, or whoever takes a decision back: nothing is said.
    Silent,
}

/// Links. `None` where the identity belongs to that person already.
pub fn link(tx: &mut Tx, request: &LinkRequest) -> Result<Option<LinkOutcome>, IdentityError> {
    link_as(tx, request, Voice::Said)
}

/// [`link`] with a voice.
pub(crate) fn link_as(
    tx: &mut Tx,
    request: &LinkRequest,
    voice: Voice,
) -> Result<Option<LinkOutcome>, IdentityError> {
    let identity = identity(tx, request.identity_id)?;
    let target = resolve(tx, &request.person)?;
    if identity.person_id == target.id {
        return Ok(None);
    }
    let change = Change {
        kind: EventKind::Linked,
        voice,
        to: target.id,
        actor: &request.actor,
        now: request.now,
        evidence: &request.evidence,
        undoes: None,
    };
    move_identity(tx, &identity, &change).map(Some)
}

/// Takes a link or parting back: the identity returns to the person it had before, with the
/// consents that had come along. An identity that was linked when it was enrolled had no person
/// before and gets one of its own, without consents. Refused while a later link or parting of
/// this identity stands: take that one back first. To have it again, link again.
pub fn unlink(
    tx: &mut Tx,
    ids: &dyn IdSource,
    request: &UnlinkRequest,
) -> Result<LinkOutcome, IdentityError> {
    let (event, identity) = to_take_back(tx, request.event_id)?;
    let to = match event.person_before {
        Some(before) => before,
        None => create(tx, ids, request.now)?.id,
    };
    take_back(tx, request, (&event, &identity, to), Voice::Said)
}

/// Takes back a link that moved an identity from a person of before; nothing is said of the two.
pub(crate) fn unlink_silently(
    tx: &mut Tx,
    request: &UnlinkRequest,
) -> Result<LinkOutcome, IdentityError> {
    let (event, identity) = to_take_back(tx, request.event_id)?;
    let to = event.person_before.ok_or(IdentityError::NotALink(event.id))?;
    take_back(tx, request, (&event, &identity, to), Voice::Silent)
}

/// The event, if it may be taken back, with its identity as it is now.
fn to_take_back(tx: &mut Tx, event_id: i64) -> Result<(Event, Identity), IdentityError> {
    let event = person::event_by_id(tx, event_id)?
        .filter(|event| moves(event) && event.undoes.is_none())
        .ok_or(IdentityError::NotALink(event_id))?;
    let identity = identity(tx, event.identity_id)?;
    check_standing(tx, &event)?;
    Ok((event, identity))
}

fn take_back(
    tx: &mut Tx,
    request: &UnlinkRequest,
    (event, identity, to): (&Event, &Identity, i64),
    voice: Voice,
) -> Result<LinkOutcome, IdentityError> {
    let change = Change {
        kind: EventKind::Unlinked,
        voice,
        to,
        actor: &request.actor,
        now: request.now,
        evidence: &request.evidence,
        undoes: Some(event.id),
    };
    let outcome = move_identity(tx, identity, &change)?;
    // An ID that names nobody any more cannot stand apart from the one it was merged into.
    merged_identity::delete_by_link(tx, event.id)?;
    for consent_id in moved_consents(&event.evidence) {
        consent::move_to_person(tx, consent_id, outcome.person_before, outcome.person_after)?;
    }
    Ok(outcome)
}

/// Parts an identity from its person: it gets a person of its own, with a community ID, and
/// nothing is open until consent is given anew.
pub fn part(
    tx: &mut Tx,
    ids: &dyn IdSource,
    request: &PartRequest,
) -> Result<LinkOutcome, IdentityError> {
    let identity = identity(tx, request.identity_id)?;
    if person::count_identities_of_person(tx, identity.person_id)? < 2 {
        return Err(IdentityError::NothingToPart(identity.id));
    }
    let own = create(tx, ids, request.now)?;
    let change = Change {
        kind: EventKind::Unlinked,
        voice: Voice::Said,
        to: own.id,
        actor: &request.actor,
        now: request.now,
        evidence: &request.evidence,
        undoes: None,
    };
    move_identity(tx, &identity, &change)
}

/// Splits an identity from persons that are somebody else: the last link that stands is taken
/// back, so that an old card leads to its own person again; where no link stands, the identity
/// is parted. Nobody's consent is widened by it.
pub fn split(
    tx: &mut Tx,
    ids: &dyn IdSource,
    request: &PartRequest,
) -> Result<LinkOutcome, IdentityError> {
    let events = person::events_of_identity(tx, request.identity_id)?;
    match standing(&events).last() {
        Some(last) if last.kind == EventKind::Linked => {
            let PartRequest { actor, now, evidence, .. } = request.clone();
            unlink(tx, ids, &UnlinkRequest { event_id: last.id, actor, now, evidence })
        }
        _ => part(tx, ids, request),
    }
}

/// The last move of an identity that was not taken back, given its events in their order.
pub(crate) fn last_standing(events: &[Event]) -> Option<i64> {
    standing(events).last().map(|event| event.id)
}

/// A change of one identity's person.
struct Change<'a> {
    kind: EventKind,
    voice: Voice,
    to: i64,
    actor: &'a str,
    now: Timestamp,
    evidence: &'a Value,
    undoes: Option<i64>,
}

fn move_identity(
    tx: &mut Tx,
    identity: &Identity,
    change: &Change<'_>,
) -> Result<LinkOutcome, IdentityError> {
    let from = identity.person_id;
    say(tx, identity, change)?;
    person::move_identity(tx, identity.id, change.to, change.now)?;
    person::set_merged_into(tx, change.to, None)?;
    let is_merged =
        change.kind == EventKind::Linked && person::count_identities_of_person(tx, from)? == 0;
    let mut moved = Vec::new();
    if is_merged {
        person::set_merged_into(tx, from, Some(change.to))?;
        moved = move_consents(tx, from, change.to)?;
    }
    settle_community_identities(tx, &[from, change.to], change.now)?;
    let evidence = json!({ "given": change.evidence, "moved_consents": moved }).to_string();
    let event = NewEvent {
        at: change.now,
        kind: change.kind,
        identity_id: identity.id,
        person_before: Some(from),
        person_after: Some(change.to),
        actor: change.actor,
        evidence: &evidence,
        undoes: change.undoes,
    };
    let event_id = person::insert_event(tx, &event)?;
    iti10::note(tx, &[from, change.to], change.now)?;
    for (person_id, side) in [(from, "before"), (change.to, "after")] {
        let detail = json!({
            "change": change.kind.name(), "identity": identity.id, "event": event_id, "side": side,
        });
        audit_change(tx, Action::IdentityLink, person_id, change.actor, change.now, &detail)?;
    }
    Ok(LinkOutcome { event_id, person_before: from, person_after: change.to, is_merged })
}

/// Keeps what a move says of the identity and those whom it comes to and leaves. Its place rests on
/// no machine's link any more, whoever moves it.
fn say(tx: &mut Tx, identity: &Identity, change: &Change<'_>) -> Result<(), IdentityError> {
    store::link::delete_automatic(tx, identity.id)?;
    if change.voice == Voice::Silent {
        return Ok(());
    }
    let others = |tx: &mut Tx, person_id: i64| -> Result<Vec<i64>, IdentityError> {
        let members = person::identities_of_person(tx, person_id)?;
        let others = members.iter().filter(|one| one.id != identity.id && !one.is_affinity);
        Ok(others.map(|one| one.id).collect())
    };
    let joined = others(tx, change.to)?;
    store::link::delete_ties(tx, identity.id, &joined)?;
    let settled = match change.kind {
        EventKind::Unlinked => {
            let left = others(tx, identity.person_id)?;
            let said = (change.actor, change.now);
            store::link::put_ties(tx, identity.id, &left, TieKind::Apart, said)?;
            left
        }
        _ => joined,
    };
    questions::close_between(tx, identity.id, &settled, change.now)?;
    Ok(())
}

/// Puts the identities of community IDs under the persons that have these IDs now: they are
/// derived, so they follow merges and their undoing without events of their own.
fn settle_community_identities(
    tx: &mut Tx,
    persons: &[i64],
    now: Timestamp,
) -> Result<(), IdentityError> {
    let identities = person::identities_of_persons(tx, persons)?;
    for identity in identities.into_iter().filter(|identity| identity.is_affinity) {
        let Ok(id) = identity.local_id.parse::<CommunityId>() else { continue };
        let holder = resolve(tx, &id)?;
        if holder.id != identity.person_id {
            person::move_identity(tx, identity.id, holder.id, now)?;
        }
    }
    Ok(())
}

fn move_consents(tx: &mut Tx, from: i64, to: i64) -> Result<Vec<i64>, IdentityError> {
    let mut moved = Vec::new();
    for row in consent::of_person(tx, from)? {
        if consent::move_to_person(tx, row.id, from, to)? {
            moved.push(row.id);
        }
    }
    Ok(moved)
}

fn moved_consents(evidence: &str) -> Vec<i64> {
    let parsed: Value = serde_json::from_str(evidence).unwrap_or(Value::Null);
    let ids = parsed.get("moved_consents").and_then(Value::as_array);
    ids.map(|ids| ids.iter().filter_map(Value::as_i64).collect()).unwrap_or_default()
}

/// Only the last move of an identity that stands may be taken back.
fn check_standing(tx: &mut Tx, event: &Event) -> Result<(), IdentityError> {
    let events = person::events_of_identity(tx, event.identity_id)?;
    let standing = standing(&events);
    match standing.last() {
        Some(last) if last.id == event.id => Ok(()),
        Some(last) if standing.iter().any(|one| one.id == event.id) => {
            Err(IdentityError::Superseded { event_id: event.id, later: last.id })
        }
        _ => Err(IdentityError::TakenBack(event.id)),
    }
}

/// The moves of an identity that were not taken back, in their order.
fn standing(events: &[Event]) -> Vec<&Event> {
    let mut standing: Vec<&Event> = Vec::new();
    for candidate in events.iter().filter(|candidate| moves(candidate)) {
        match candidate.undoes {
            Some(undone) => standing.retain(|event| event.id != undone),
            None => standing.push(candidate),
        }
    }
    standing
}

fn moves(event: &Event) -> bool {
    matches!(event.kind, EventKind::Linked | EventKind::Unlinked)
}

fn identity(tx: &mut Tx, identity_id: i64) -> Result<Identity, IdentityError> {
    person::identity_by_id(tx, identity_id)?.ok_or(IdentityError::NoSuchIdentity(identity_id))
}
