//! A person with everything that makes it one: records, consents, and what was done to them.

use super::{places, records};
use crate::enrol::SameAs;
use crate::error::IdentityError;
use crate::link;
use crate::record::person_history;
use model::Contradiction;
use ports::{PersonFile, Step};
use std::collections::{BTreeMap, BTreeSet};
use store::person::{Event, EventKind, Person};
use store::{StoreError, Tx, consent, merged_identity, timeline_query};

/// The file of a person.
pub(super) fn file(tx: &mut Tx, of: Person) -> Result<PersonFile, IdentityError> {
    let records = records(tx, of.id)?;
    let enrolled = records.iter().filter(|record| record.enrolled);
    let contradiction = Contradiction::among(enrolled.map(|record| &record.demographics));
    let keys: Vec<i64> = records.iter().map(|record| record.id).collect();
    let entry_counts = timeline_query::counts_of_identities(tx, &keys)?.into_iter().collect();
    let told = person_history(tx, &SameAs::Community(of.community_id.clone()))?;
    let mut community_ids = told.community_ids;
    community_ids.insert(of.id, of.community_id.clone());
    Ok(PersonFile {
        consents: consent::of_person(tx, of.id)?,
        history: steps(tx, told.events)?,
        places: places(tx)?,
        person: of,
        records,
        entry_counts,
        contradiction,
        community_ids,
    })
}

/// The events with what became of them.
fn steps(tx: &mut Tx, events: Vec<Event>) -> Result<Vec<Step>, StoreError> {
    let undone: BTreeMap<i64, i64> =
        events.iter().filter_map(|event| Some((event.undoes?, event.id))).collect();
    let mut of_record: BTreeMap<i64, Vec<Event>> = BTreeMap::new();
    for event in &events {
        of_record.entry(event.identity_id).or_default().push(event.clone());
    }
    let records: Vec<i64> = of_record.keys().copied().collect();
    let mut undoable: BTreeSet<i64> =
        of_record.values().filter_map(|own| link::last_standing(own)).collect();
    for merged in merged_identity::of_identities(tx, &records)? {
        // The link that a merge brought goes with the merge.
        undoable.insert(merged.event_id);
        if let Some(link) = merged.link_event_id {
            undoable.remove(&link);
        }
    }
    let step = |event: Event| Step {
        undone_by: undone.get(&event.id).copied(),
        may_undo: undoable.contains(&event.id) && event.kind != EventKind::Created,
        event,
    };
    Ok(events.into_iter().map(step).collect())
}
