//! A person as operators see it: its identities, what contradicts among them, what was done.

use crate::enrol::{SameAs, find_person};
use crate::error::IdentityError;
use crate::person::audit_change;
use model::{CommunityId, Contradiction, Timestamp};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use store::audit::Action;
use store::person::{Event, Identity, Person};
use store::{Tx, domain, person};

/// A person with everything that makes it one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonRecord {
    /// The person.
    pub person: Person,
    /// Its identities, enrolled or not, without the derived one of its community ID.
    pub identities: Vec<Identity>,
    /// In what those contradict each other that were not withdrawn: a sign of a wrong link.
    pub contradiction: Contradiction,
    /// Keys of those whose numbers are not written as their domain writes them.
    pub misfits: BTreeSet<i64>,
}

/// What was done to the identities that a person has now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonHistory {
    /// The person.
    pub person: Person,
    /// The events, in their order.
    pub events: Vec<Event>,
    /// The identities, by key.
    pub identities: BTreeMap<i64, Identity>,
    /// Community IDs of the persons that the events name, by key.
    pub community_ids: BTreeMap<i64, CommunityId>,
}

/// The record of a person, for an operator; audited as a view.
pub fn person_record(
    tx: &mut Tx,
    of: &SameAs,
    actor: &str,
    now: Timestamp,
) -> Result<PersonRecord, IdentityError> {
    let person = find_person(tx, of)?;
    let mut identities = person::identities_of_person(tx, person.id)?;
    identities.retain(|identity| !identity.is_affinity);
    let present = identities.iter().filter(|identity| identity.enrolled);
    let contradiction = Contradiction::among(present.map(|identity| &identity.demographics));
    audit_change(tx, Action::View, person.id, actor, now, &json!({ "page": "identity show" }))?;
    let domains = domain::all(tx)?;
    let is_misfit = |identity: &&Identity| {
        let own = domains.iter().find(|domain| domain.id == identity.domain_id);
        own.is_some_and(|domain| !domain.format.fits(&identity.local_id))
    };
    let misfits = identities.iter().filter(is_misfit).map(|identity| identity.id).collect();
    Ok(PersonRecord { person, identities, contradiction, misfits })
}

/// The events of a person's identities. An identity that was split off tells of it in the
/// history of its own person.
pub fn person_history(tx: &mut Tx, of: &SameAs) -> Result<PersonHistory, IdentityError> {
    let person = find_person(tx, of)?;
    let events = person::events_of_person(tx, person.id)?;
    let mut persons: Vec<i64> = events
        .iter()
        .flat_map(|event| [event.person_before, event.person_after])
        .flatten()
        .collect();
    persons.sort_unstable();
    persons.dedup();
    let community_ids =
        person::by_ids(tx, &persons)?.into_iter().map(|it| (it.id, it.community_id)).collect();
    let identities = person::identities_of_person(tx, person.id)?;
    let identities = identities.into_iter().map(|it| (it.id, it)).collect();
    Ok(PersonHistory { person, events, identities, community_ids })
}
