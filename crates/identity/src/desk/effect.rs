//! What an act would do: it is done, looked at, and taken back with its transaction.

use super::act::{self, Refused, Touched};
use super::{places, records};
use crate::error::IdentityError;
use model::{Contradiction, IdSource, Timestamp};
use ports::{Act, Clerk, Effect, Group};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use store::{Tx, consent, person, timeline_query};

/// The effect of an act. The transaction must not be kept.
pub(super) fn rehearse(
    tx: &mut Tx,
    ids: &dyn IdSource,
    act: &Act,
    clerk: &Clerk,
    now: Timestamp,
) -> Result<Effect, Refused> {
    let Touched { record, event, mut persons } = act::touched(tx, act)?;
    let (before, mark) = (groups(tx, &persons, now)?, mark(tx, &persons, now)?);
    let needs_despite_differences = act::contradicts(tx, act)?;
    let keys: Vec<i64> =
        before.iter().flat_map(|group| &group.records).map(|record| record.id).collect();
    let entry_counts = timeline_query::counts_of_identities(tx, &keys)?.into_iter().collect();
    let places = places(tx)?;
    let shown = match act.clone() {
        Act::Link { identity_id, person_id, .. } => {
            Act::Link { identity_id, person_id, despite_differences: true }
        }
        other => other,
    };
    let done = act::carry_out(tx, ids, &shown, clerk, "-", now)?;
    let is_made = !persons.contains(&done.person_after);
    if is_made {
        persons.push(done.person_after);
    }
    let mut after = groups(tx, &persons, now)?;
    for group in after.iter_mut().filter(|group| is_made && group.person_id == done.person_after) {
        group.community_id = None;
    }
    Ok(Effect {
        record,
        event,
        before,
        after,
        entry_counts,
        needs_despite_differences,
        mark,
        places,
    })
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
