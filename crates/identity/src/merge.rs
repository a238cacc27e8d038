//! A source merges two of its own patient IDs: one of them names nobody any more. The identity
//! stays, with its documents, under the survivor's person; the merge is an event and can be
//! taken back.

use crate::error::IdentityError;
use crate::iti10;
use crate::link::{LinkRequest, UnlinkRequest, link, unlink};
use model::limits::MERGE_STEPS;
use model::{IdSource, Timestamp};
use serde_json::{Value, json};
use store::merged_identity::{self, Merged};
use store::person::{self, EventKind, Identity, NewEvent};
use store::{StoreError, Tx};

/// Two identities of one domain are one.
#[derive(Debug, Clone)]
pub struct MergeRequest {
    /// The identity that stays.
    pub survivor: i64,
    /// The identity whose ID names nobody any more.
    pub subsumed: i64,
    /// Time of the message, as digits of Japan's time.
    pub sent: String,
    /// Who says so.
    pub actor: String,
    /// When.
    pub now: Timestamp,
    /// On what it rests.
    pub evidence: Value,
}

/// Why two IDs cannot be merged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MergeRefusal {
    /// An ID into itself.
    Itself,
    /// Two domains: an identity source speaks of its own only.
    OtherDomain,
    /// The survivor was itself merged into the subsumed one: that would be a circle.
    Circle,
    /// The subsumed one was merged into another ID before.
    MergedElsewhere {
        /// That ID.
        into: String,
    },
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MergeOutcome {
    /// It is merged now.
    Merged,
    /// It was merged so before.
    Unchanged,
    /// It cannot be.
    Refused(MergeRefusal),
}

/// The merge that stands for an identity, if one does.
pub(crate) fn standing(tx: &mut Tx, identity_id: i64) -> Result<Option<Merged>, StoreError> {
    Ok(merged_identity::of_identities(tx, &[identity_id])?.pop())
}

/// Merges. With the subsumed identity go the other identities of its person: whoever was the
/// same human as it is the same human as the survivor.
pub fn merge(tx: &mut Tx, request: &MergeRequest) -> Result<MergeOutcome, IdentityError> {
    use MergeOutcome::{Refused, Unchanged};
    if request.survivor == request.subsumed {
        return Ok(Refused(MergeRefusal::Itself));
    }
    let subsumed = known(tx, request.subsumed)?;
    let named = known(tx, request.survivor)?;
    if subsumed.domain_id != named.domain_id {
        return Ok(Refused(MergeRefusal::OtherDomain));
    }
    let Some(survivor) = survivor_of(tx, named, subsumed.id)? else {
        return Ok(Refused(MergeRefusal::Circle));
    };
    if let Some(before) = standing(tx, subsumed.id)? {
        let into = known(tx, before.into_identity_id)?;
        let is_same = survivor_of(tx, into, subsumed.id)?.is_some_and(|one| one.id == survivor.id);
        return Ok(match is_same {
            true => Unchanged,
            false => Refused(MergeRefusal::MergedElsewhere { into: before.into_local_id }),
        });
    }
    let links = join(tx, &subsumed, &survivor, request)?;
    let link_event_id = links.iter().find(|(id, _)| *id == subsumed.id).map(|(_, event)| *event);
    let events: Vec<i64> = links.iter().map(|(_, event)| *event).collect();
    let evidence = json!({ "given": request.evidence, "into": survivor.id, "links": events });
    let event_id =
        record(tx, EventKind::Merged, &subsumed, survivor.person_id, request, &evidence)?;
    let merged = Merged {
        identity_id: subsumed.id,
        into_identity_id: survivor.id,
        into_local_id: survivor.local_id,
        sent: request.sent.clone(),
        event_id,
        link_event_id,
    };
    merged_identity::insert(tx, &merged, request.now)?;
    iti10::note(tx, &[survivor.person_id], request.now)?;
    Ok(MergeOutcome::Merged)
}

/// Takes a merge back, with the links that came of it and still stand. `false` where there is
/// none.
pub fn unmerge(
    tx: &mut Tx,
    ids: &dyn IdSource,
    identity_id: i64,
    (actor, now): (&str, Timestamp),
    evidence: &Value,
) -> Result<bool, IdentityError> {
    let Some(merged) = standing(tx, identity_id)? else { return Ok(false) };
    let event = person::event_by_id(tx, merged.event_id)?;
    let event = event.ok_or(IdentityError::NotALink(merged.event_id))?;
    let parsed: Value = serde_json::from_str(&event.evidence).unwrap_or(Value::Null);
    let links = parsed.get("links").and_then(Value::as_array).cloned().unwrap_or_default();
    merged_identity::delete(tx, identity_id)?;
    for event_id in links.iter().rev().filter_map(Value::as_i64) {
        let request =
            UnlinkRequest { event_id, actor: actor.to_owned(), now, evidence: evidence.clone() };
        match unlink(tx, ids, &request) {
            // What was linked anew or taken back since is as somebody decided later.
            Ok(_) | Err(IdentityError::TakenBack(_) | IdentityError::Superseded { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    let identity = known(tx, identity_id)?;
    let after = NewEvent {
        at: now,
        kind: EventKind::Unmerged,
        identity_id,
        person_before: event.person_after,
        person_after: Some(identity.person_id),
        actor,
        evidence: &json!({ "given": evidence }).to_string(),
        undoes: Some(merged.event_id),
    };
    person::insert_event(tx, &after)?;
    iti10::note(tx, &[identity.person_id], now)?;
    Ok(true)
}

/// Brings the subsumed identity's person to the survivor's: identities with the events of their
/// links.
fn join(
    tx: &mut Tx,
    subsumed: &Identity,
    survivor: &Identity,
    request: &MergeRequest,
) -> Result<Vec<(i64, i64)>, IdentityError> {
    if subsumed.person_id == survivor.person_id {
        return Ok(Vec::new());
    }
    let target = person::by_id(tx, survivor.person_id)?
        .ok_or_else(|| IdentityError::NoSuchPerson(survivor.person_id.to_string()))?;
    let others = person::identities_of_person(tx, subsumed.person_id)?;
    let mut links = Vec::new();
    for identity in others.into_iter().filter(|identity| !identity.is_affinity) {
        let link_request = LinkRequest {
            identity_id: identity.id,
            person: target.community_id.clone(),
            actor: request.actor.clone(),
            now: request.now,
            evidence: json!({ "merge_of": subsumed.id, "given": request.evidence }),
        };
        let done = link(tx, &link_request)?;
        links.extend(done.map(|done| (identity.id, done.event_id)));
    }
    Ok(links)
}

/// Where merges of the survivor lead; `None` where they lead to the subsumed one.
fn survivor_of(
    tx: &mut Tx,
    named: Identity,
    subsumed: i64,
) -> Result<Option<Identity>, IdentityError> {
    let mut survivor = named;
    for _ in 0..MERGE_STEPS {
        if survivor.id == subsumed {
            return Ok(None);
        }
        match standing(tx, survivor.id)? {
            Some(merged) => survivor = known(tx, merged.into_identity_id)?,
            None => return Ok(Some(survivor)),
        }
    }
    Ok(None)
}

fn record(
    tx: &mut Tx,
    kind: EventKind,
    identity: &Identity,
    person_after: i64,
    request: &MergeRequest,
    evidence: &Value,
) -> Result<i64, IdentityError> {
    let event = NewEvent {
        at: request.now,
        kind,
        identity_id: identity.id,
        person_before: Some(identity.person_id),
        person_after: Some(person_after),
        actor: &request.actor,
        evidence: &evidence.to_string(),
        undoes: None,
    };
    Ok(person::insert_event(tx, &event)?)
}

fn known(tx: &mut Tx, identity_id: i64) -> Result<Identity, IdentityError> {
    person::identity_by_id(tx, identity_id)?.ok_or(IdentityError::NoSuchIdentity(identity_id))
}
