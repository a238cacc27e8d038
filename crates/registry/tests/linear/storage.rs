//! What a registry does with the versions of a storage's item where requests come one after the
//! other: the newest that is shown as valid is Approved, and what was said is never taken back.

use super::model::{Document, Entry, Refused, State, VERSIONS};
use model::item::VersionState::{self, Current, Deleted, Deprecated};
use std::collections::BTreeMap;

/// What each version comes to.
type Settled = BTreeMap<Entry, VersionState>;

impl State {
    pub(super) fn intake(&mut self, entry: Entry, told: VersionState) -> Result<(), Refused> {
        // What was removed for good stays away, and the gateway is not bothered with it.
        if self.removed.contains(&entry) {
            return Ok(());
        }
        let Some(known) = self.told.get(&entry).copied() else {
            self.tell(entry, told);
            return Ok(());
        };
        if rank(told) > rank(known) {
            self.tell(entry, told);
        } else if rank(told) < rank(known) {
            let mut believed = self.told.clone();
            believed.insert(entry, told);
            if settled(&self.told)[&entry] != settled(&believed)[&entry] {
                return Err(vec!["XDSMetadataUpdateError"]);
            }
        }
        Ok(())
    }

    pub(super) fn remove(&mut self, entry: Entry) -> Result<(), Refused> {
        if !self.told.contains_key(&entry) {
            return Err(vec!["UnresolvedReferenceException"]);
        }
        let is_replaced = self.replaces.iter().any(|(new, old)| *new == entry || *old == entry);
        if is_replaced || self.is_member(entry) || self.put.contains_key(&entry) {
            return Err(vec!["ReferencesExistException"]);
        }
        self.told.remove(&entry);
        self.documents.remove(&entry);
        self.removed.insert(entry);
        Ok(())
    }

    /// Believes the storage, right or wrong, and lets the item settle: its versions replace one
    /// another in their order, and the new valid one joins the folder of the one before.
    pub fn tell(&mut self, entry: Entry, told: VersionState) {
        let before = current(&settled(&self.told));
        self.told.insert(entry, told);
        let settled = settled(&self.told);
        for (version, state) in &settled {
            let approved = *state == Current;
            self.documents.insert(*version, Document { logical: *version, version: 1, approved });
        }
        self.replaces.retain(|(newer, _)| *newer < VERSIONS);
        let versions: Vec<Entry> = settled.keys().copied().collect();
        self.replaces.extend(versions.windows(2).map(|pair| (pair[1], pair[0])));
        if let (Some(before), Some(after)) = (before, current(&settled))
            && before != after
            && self.is_member(before)
        {
            self.join(after);
        }
    }

    /// Lets what was removed for good come again, which is wrong.
    pub fn forget_removals(&mut self) {
        self.removed.clear();
    }
}

fn settled(told: &BTreeMap<Entry, VersionState>) -> Settled {
    let mut is_newest = true;
    let newest_first = told.iter().rev().map(|(entry, told)| match told {
        Current if std::mem::replace(&mut is_newest, false) => (*entry, Current),
        Current => (*entry, Deprecated),
        other => (*entry, *other),
    });
    newest_first.collect()
}

fn current(settled: &Settled) -> Option<Entry> {
    settled.iter().find(|(_, state)| **state == Current).map(|(entry, _)| *entry)
}

/// A storage only ever goes from valid to replaced to deleted.
fn rank(told: VersionState) -> u8 {
    match told {
        Current => 0,
        Deprecated => 1,
        Deleted => 2,
    }
}
