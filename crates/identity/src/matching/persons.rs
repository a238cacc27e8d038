//! Persons as they stand, held against persons as they should: units that stay together, what has
//! to be taken back, what has to be linked.

use crate::linkage::Settlement;
use std::collections::{BTreeMap, BTreeSet};
use store::link::{Automatic, Member};

/// Identities that came to their person together: those that a machine moved at once, or all that
/// it did not move.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unit {
    /// Their person.
    pub person_id: i64,
    /// The identities with their links, in order.
    pub members: Vec<(i64, Option<Automatic>)>,
    /// The group that the settlement puts them in, by its first member; `None` where nothing is
    /// known of them.
    pub group: Option<i64>,
}

impl Unit {
    /// The first identity.
    pub fn first(&self) -> i64 {
        self.members.first().map_or(i64::MAX, |(identity, _)| *identity)
    }

    /// Whether a machine put it here.
    pub fn is_automatic(&self) -> bool {
        self.members.iter().all(|(_, automatic)| automatic.is_some())
    }

    /// The identities.
    pub fn identities(&self) -> impl Iterator<Item = i64> {
        self.members.iter().map(|(identity, _)| *identity)
    }
}

/// The units of some persons.
pub(crate) fn units(members: &BTreeMap<i64, Member>) -> Vec<Unit> {
    let mut found: BTreeMap<(i64, Option<i64>), Unit> = BTreeMap::new();
    for member in members.values() {
        let key = (member.person_id, member.automatic.as_ref().map(|automatic| automatic.unit));
        let unit = found.entry(key).or_insert_with(|| Unit {
            person_id: member.person_id,
            members: Vec::new(),
            group: None,
        });
        unit.members.push((member.identity_id, member.automatic.clone()));
    }
    found.into_values().collect()
}

/// Gives each unit the group of its members.
pub(crate) fn assign(units: &mut [Unit], settlement: &Settlement) {
    let mut group_of: BTreeMap<i64, i64> = BTreeMap::new();
    for group in &settlement.groups {
        let Some(first) = group.members.first() else { continue };
        group_of.extend(group.members.iter().map(|member| (*member, *first)));
    }
    for unit in units {
        unit.group = unit.members.iter().find_map(|(identity, _)| group_of.get(identity).copied());
    }
}

/// The units that should not stand where a machine has put them, by their places in the list, each
/// with a unit of the group that stays.
pub(crate) fn misplaced(units: &[Unit]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let persons: BTreeSet<i64> = units.iter().map(|unit| unit.person_id).collect();
    for person in persons {
        let here: Vec<usize> = (0..units.len())
            .filter(|at| units[*at].person_id == person && units[*at].group.is_some())
            .collect();
        let Some(keeper) = keeper(units, &here) else { continue };
        found.extend(
            here.iter()
                .filter(|at| units[**at].group != units[keeper].group)
                .map(|at| (*at, keeper)),
        );
    }
    found
}

/// The unit whose group stays: the one that no machine put here, else one of the largest group.
fn keeper(units: &[Unit], here: &[usize]) -> Option<usize> {
    let at_home = here.iter().copied().find(|at| !units[*at].is_automatic());
    let size = |group: Option<i64>| -> usize {
        let of_group = here.iter().filter(|at| units[**at].group == group);
        of_group.map(|at| units[*at].members.len()).sum()
    };
    let largest = || {
        here.iter()
            .copied()
            .max_by_key(|at| (size(units[*at].group), std::cmp::Reverse(units[*at].first())))
    };
    at_home.or_else(largest)
}

/// A group that stands under several persons: the person that stays, and the units that come to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Joining {
    /// The person that stays: that of the most identities, of the first made among those.
    pub person_id: i64,
    /// Places of the units that move.
    pub moved: Vec<usize>,
    /// Places of the units that are there.
    pub there: Vec<usize>,
}

/// What has to be linked.
pub(crate) fn joinings(units: &[Unit]) -> Vec<Joining> {
    let groups: BTreeSet<i64> = units.iter().filter_map(|unit| unit.group).collect();
    let size = |person: i64| -> usize {
        let here = units.iter().filter(|unit| unit.person_id == person);
        here.map(|unit| unit.members.len()).sum()
    };
    let joining = |group: i64| {
        let (places, persons): (Vec<usize>, BTreeSet<i64>) = units
            .iter()
            .enumerate()
            .filter(|(_, unit)| unit.group == Some(group))
            .map(|(at, unit)| (at, unit.person_id))
            .unzip();
        let person_id =
            persons.iter().copied().max_by_key(|id| (size(*id), std::cmp::Reverse(*id)))?;
        let (there, moved) = places.into_iter().partition(|at| units[*at].person_id == person_id);
        Some(Joining { person_id, moved, there })
    };
    groups.into_iter().filter_map(joining).filter(|joining| !joining.moved.is_empty()).collect()
}
