//! The IDs of a person as other systems are given them: those in force, and the community ID.

use crate::v2::Settings;
use crate::v2::domains::named;
use model::hl7::PatientId;
use std::collections::BTreeSet;
use store::person::{Identity, Person};
use store::{StoreError, Tx, merged_identity, person};

/// A person with its identities in force: those that no merge ended, and that are no community
/// ID themselves.
#[derive(Debug, Clone)]
pub(crate) struct Associations {
    pub person: Person,
    pub identities: Vec<Identity>,
}

/// The associations of several persons, in the order of their keys.
pub(crate) fn of_persons(tx: &mut Tx, person_ids: &[i64]) -> Result<Vec<Associations>, StoreError> {
    let persons = person::by_ids(tx, person_ids)?;
    let identities = person::identities_of_persons(tx, person_ids)?;
    let keys: Vec<i64> = identities.iter().map(|identity| identity.id).collect();
    let merged: BTreeSet<i64> = merged_identity::of_identities(tx, &keys)?
        .into_iter()
        .map(|merged| merged.identity_id)
        .collect();
    let in_force: Vec<Identity> = identities
        .into_iter()
        .filter(|identity| !identity.is_affinity && !merged.contains(&identity.id))
        .collect();
    Ok(persons
        .into_iter()
        .map(|person| {
            let own = in_force.iter().filter(|identity| identity.person_id == person.id);
            Associations { identities: own.cloned().collect(), person }
        })
        .collect())
}

impl Associations {
    /// Its IDs in some domains (all where none is named), the community ID last.
    pub(crate) fn ids(&self, settings: &Settings, wanted: &[String]) -> Vec<PatientId> {
        let is_wanted = |oid: &str| wanted.is_empty() || wanted.iter().any(|one| one == oid);
        let mut ids: Vec<PatientId> = self
            .identities
            .iter()
            .filter(|identity| is_wanted(&identity.domain_oid))
            .map(|identity| PatientId {
                id: identity.local_id.clone(),
                authority: named(settings, &identity.domain_oid),
            })
            .collect();
        if is_wanted(&settings.affinity.oid) && !self.identities.is_empty() {
            ids.push(PatientId {
                id: self.person.community_id.digits().to_owned(),
                authority: settings.affinity.clone(),
            });
        }
        ids
    }
}
