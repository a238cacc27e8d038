//! What an act would do: it is done, looked at, and taken back with its transaction.

use super::act::{self, Refused, Touched};
use super::{places, records};
use crate::error::IdentityError;
use model::{Contradiction, IdSource, Timestamp};
use ports::{Act, Clerk, Effect, Group};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use store::{Tx, consent, person, timeline_query};

/// The effect of an act. The transaction must not be kept.
pub(super) fn rehearse(
    tx: &mut Tx,
    ids: &dyn IdSource,
    act: &Act,
    clerk: &Clerk,
    now: Timestamp,
) -> Result<Effect, Refused> {
    let Touched { record, mut persons } = act::touched(tx, act)?;
    let (before, mark) = (groups(tx, &persons, now)?, mark(tx, &persons, now)?);
    let needs_despite_differences = act::contradicts(tx, act)?;
    let owners: BTreeMap<i64, i64> = before
        .iter()
        .flat_map(|group| group.records.iter().map(|record| (record.id, group.person_id)))
        .collect();
    let keys: Vec<i64> = owners.keys().copied().collect();
    let entry_counts = timeline_query::counts_of_identities(tx, &keys)?.into_iter().collect();
    let places = places(tx)?;
    act::carry_out(tx, ids, &act::despite(act), clerk, "-", now)?;
    let mut moved = Vec::new();
    for record in person::identities_by_ids(tx, &keys)? {
        if owners.get(&record.id) != Some(&record.person_id) {
            moved.push(record.id);
        }
        if !persons.contains(&record.person_id) {
            persons.push(record.person_id);
        }
    }
    Ok(Effect {
        person_id: record.person_id,
        moved,
        before,
        after: groups_after(tx, &persons, now)?,
        entry_counts,
        needs_despite_differences,
        mark,
        places,
    })
}

/// The persons after it. One that was made by it has an ID that is drawn anew when it is done.
fn groups_after(tx: &mut Tx, persons: &[i64], now: Timestamp) -> Result<Vec<Group>, IdentityError> {
    let mut after = groups(tx, persons, now)?;
    for group in &mut after {
        let made = person::by_id(tx, group.person_id)?.is_some_and(|it| it.created == now);
        if made {
            group.community_id = None;
        }
    }
    Ok(after)
}

/// Stands for the persons as they are: records, what is known of them, who may see them.
pub(super) fn mark(tx: &mut Tx, persons: &[i64], now: Timestamp) -> Result<String, IdentityError> {
    let shown = groups(tx, persons, now)?;
    let mut parts = Vec::new();
    for group in &shown {
        let records: Vec<_> = group
            .records
            .iter()
            .map(|record| (record.id, record.enrolled, record.demographics.clone()))
            .collect();
        parts.push(serde_json::json!([group.person_id, records, group.viewers]));
    }
    let digest = Sha256::digest(serde_json::Value::Array(parts).to_string());
    Ok(digest[..8].iter().map(|byte| format!("{byte:02x}")).collect())
}

fn groups(tx: &mut Tx, persons: &[i64], now: Timestamp) -> Result<Vec<Group>, IdentityError> {
    let mut groups = Vec::with_capacity(persons.len());
    for person_id in persons {
        let found = person::by_id(tx, *person_id)?
            .ok_or_else(|| IdentityError::NoSuchPerson(person_id.to_string()))?;
        let records = records(tx, *person_id)?;
        let leads_to = match found.merged_into {
            Some(_) => access::resolve(tx, &found.community_id)?.map(|it| it.community_id),
            None => None,
        };
        let said = consent::of_person(tx, *person_id)?;
        let in_force = said.iter().filter(|row| {
            let is_over = row.until.is_some_and(|until| until <= now);
            row.permit && row.withdrawn.is_none() && row.from <= now && !is_over
        });
        let viewers: BTreeSet<i64> = in_force.map(|row| row.viewer_facility_id).collect();
        groups.push(Group {
            person_id: found.id,
            community_id: Some(found.community_id),
            leads_to,
            contradiction: Contradiction::among(records.iter().map(|it| &it.demographics)),
            records,
            viewers: viewers.into_iter().collect(),
        });
    }
    Ok(groups)
}
