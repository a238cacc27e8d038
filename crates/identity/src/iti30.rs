//! ITI-30, Patient Identity Management: ADT of HL7 v2.5 (ITI TF-2 3.30). A28, A31, A40 and A47
//! are what ITI-8 does under other names; A24 and A37 link and unlink two IDs of a supplier.

use crate::error::IdentityError;
use crate::iti8;
use crate::link::{LinkRequest, PartRequest, UnlinkRequest, link, part, unlink};
use crate::merge::{standing, unmerge};
use crate::v2::fault::{Fault, Location, Refusal};
use crate::v2::patient::fed_ids;
use crate::v2::request::Request;
use serde_json::{Value, json};
use store::Tx;
use store::audit::{Action, Outcome};
use store::person::{self, EventKind, Identity};

/// Applies a message, and writes its audit row.
pub(crate) fn apply(tx: &mut Tx, request: &Request) -> Result<(), Fault> {
    let person_id = match request.header.event.as_str() {
        "A24" => {
            let (first, second) = pair(tx, request)?;
            together(tx, request, &first, &second)?
        }
        "A37" => {
            let (first, second) = pair(tx, request)?;
            apart(tx, request, &first, &second)?
        }
        _ => return iti8::apply(tx, request, "ITI-30"),
    };
    let detail = json!({
        "transaction": "ITI-30",
        "event": request.header.event,
        "control_id": request.header.control_id,
    });
    request.audit(tx, Action::PatientFeed, Outcome::Success, Some(person_id), &detail)?;
    Ok(())
}

/// The identities of the message's two PIDs, which must be known.
fn pair(tx: &mut Tx, request: &Request) -> Result<(Identity, Identity), Fault> {
    let mut found = Vec::new();
    let patients = request.message.segments().filter(|segment| segment.name() == "PID");
    for (number, pid) in (1_u32..=2).zip(patients) {
        let place = Location::new("PID", number).field(3);
        let ids = fed_ids(tx, request, pid.field(3), place)?;
        let Some(id) = ids.first() else { continue };
        let known = person::identity_by_local_id(tx, &id.authority.oid, &id.id)?;
        found.push(known.ok_or_else(|| {
            let text = "the patient ID is not known here";
            Refusal::error("204", place.repetition(1).component(1), text)
        })?);
    }
    match <[Identity; 2]>::try_from(found) {
        Ok([first, second]) if first.id != second.id => Ok((first, second)),
        Ok(_) => {
            let place = Location::new("PID", 2).field(3).repetition(1).component(1);
            Err(Refusal::error("205", place, "both PIDs are the same patient ID").into())
        }
        Err(_) => {
            let place = Location::new("PID", 2);
            Err(Refusal::error("100", place, "the message has no two PIDs").into())
        }
    }
}

/// A24: both are one human.
fn together(
    tx: &mut Tx,
    request: &Request,
    first: &Identity,
    second: &Identity,
) -> Result<i64, Fault> {
    let owner = person::by_id(tx, first.person_id)?;
    let owner = owner.ok_or(IdentityError::NoSuchIdentity(first.id))?;
    let together = LinkRequest {
        identity_id: second.id,
        person: owner.community_id,
        actor: request.sender.name.clone(),
        now: request.now,
        evidence: evidence(request),
    };
    link(tx, &together)?;
    Ok(owner.id)
}

/// A37: they are not. A merge or a link of theirs is taken back; identities that came together in
/// another way are parted. Doing it again changes nothing.
fn apart(
    tx: &mut Tx,
    request: &Request,
    first: &Identity,
    second: &Identity,
) -> Result<i64, Fault> {
    for (one, other) in [(second, first), (first, second)] {
        if standing(tx, one.id)?.is_some_and(|merged| merged.into_identity_id == other.id) {
            let actor = (request.sender.name.as_str(), request.now);
            unmerge(tx, request.ids.as_ref(), one.id, actor, &evidence(request))?;
        }
    }
    let (first, second) = (again(tx, first)?, again(tx, second)?);
    if first.person_id != second.person_id {
        return Ok(first.person_id);
    }
    for one in [&second, &first] {
        if let Some(event_id) = standing_link(tx, one)? {
            let taken_back = UnlinkRequest {
                event_id,
                actor: request.sender.name.clone(),
                now: request.now,
                evidence: evidence(request),
            };
            unlink(tx, request.ids.as_ref(), &taken_back)?;
            return Ok(first.person_id);
        }
    }
    let parting = PartRequest {
        identity_id: second.id,
        actor: request.sender.name.clone(),
        now: request.now,
        evidence: evidence(request),
    };
    part(tx, request.ids.as_ref(), &parting)?;
    Ok(first.person_id)
}

fn evidence(request: &Request) -> Value {
    let rule = format!("ADT^{}", request.header.event);
    json!({ "rule": rule, "control_id": request.header.control_id })
}

fn again(tx: &mut Tx, identity: &Identity) -> Result<Identity, Fault> {
    let found = person::identity_by_id(tx, identity.id)?;
    Ok(found.ok_or(IdentityError::NoSuchIdentity(identity.id))?)
}

/// The last move of an identity, if it is a link to where it is now from a person of before.
fn standing_link(tx: &mut Tx, identity: &Identity) -> Result<Option<i64>, Fault> {
    let events = person::events_of_identity(tx, identity.id)?;
    let moves = |kind| matches!(kind, EventKind::Linked | EventKind::Unlinked);
    let last = events.iter().rev().find(|event| moves(event.kind));
    let last = last.filter(|event| {
        event.kind == EventKind::Linked
            && event.person_before.is_some_and(|before| before != identity.person_id)
            && event.person_after == Some(identity.person_id)
    });
    Ok(last.map(|event| event.id))
}
