//! What the one who asks may see, decided by `access` once per person.

use super::QueryError;
use access::{Viewer, Visibility};
use model::Timestamp;
use model::entry::Category;
use std::collections::BTreeMap;
use store::document::EntryRow;
use store::document::stored_query::Head;
use store::{Tx, document};

/// The eyes of a query.
pub(super) struct Sight {
    viewer: Option<Viewer>,
    now: Timestamp,
    known: BTreeMap<i64, Visibility>,
}

impl Sight {
    pub(super) fn new(viewer: Option<Viewer>, now: Timestamp) -> Sight {
        Sight { viewer, now, known: BTreeMap::new() }
    }

    /// Whether nothing is hidden.
    pub(super) fn is_whole(&self) -> bool {
        self.viewer.is_none()
    }

    /// The identities of a person to ask documents for.
    pub(super) fn identities(&mut self, tx: &mut Tx, person: i64) -> Result<Vec<i64>, QueryError> {
        self.learn(tx, person)?;
        match self.known.get(&person) {
            Some(visibility) => Ok(visibility.identities().to_vec()),
            None => Ok(document::patient::identities_of_person(tx, person)?),
        }
    }

    /// Has the decision about a person made, so that the functions below know it.
    pub(super) fn learn(&mut self, tx: &mut Tx, person: i64) -> Result<(), QueryError> {
        if let Some(viewer) = self.viewer
            && !self.known.contains_key(&person)
        {
            let visibility = access::visibility(tx, &viewer, person, self.now)?;
            self.known.insert(person, visibility);
        }
        Ok(())
    }

    pub(super) fn permits_row(&self, row: &EntryRow) -> bool {
        let from = (row.facility_id, row.is_restricted);
        self.permits(row.person_id, row.identity_id, from, &row.category)
    }

    pub(super) fn permits_head(&self, head: &Head) -> bool {
        let from = (head.facility_id, head.is_restricted);
        self.permits(head.person_id, head.identity_id, from, &head.category)
    }

    /// Whether an object without documents, which no source brought, may be seen.
    pub(super) fn permits_bare(&self, person: i64, identity: i64) -> bool {
        self.viewer.is_none()
            || self.known.get(&person).is_some_and(|visibility| {
                visibility.identities().contains(&identity) && visibility.opens(None)
            })
    }

    fn permits(
        &self,
        person: i64,
        identity: i64,
        (facility, is_restricted): (Option<i64>, bool),
        category: &str,
    ) -> bool {
        if self.viewer.is_none() {
            return true;
        }
        let Some(visibility) = self.known.get(&person) else { return false };
        let Some(category) = Category::from_name(category) else { return false };
        visibility.identities().contains(&identity)
            && visibility.permits_from(facility, category, is_restricted)
    }
}
