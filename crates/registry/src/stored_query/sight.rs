//! What the one who asks may see, decided by `access` once per person.

use super::QueryError;
use access::{Viewer, Visibility};
use model::Timestamp;
use model::entry::Category;
use model::limits::QUERY_CHUNK;
use std::collections::{BTreeMap, BTreeSet};
use store::document::stored_query::{self as rows, Head, Owner};
use store::document::{EndKind, EntryRow};
use store::{Tx, document};

/// Rows read at a time.
const CHUNK: usize = QUERY_CHUNK as usize;

/// The eyes of a query, or of somebody who changes something.
pub(crate) struct Sight {
    viewer: Option<Viewer>,
    now: Timestamp,
    known: BTreeMap<i64, Visibility>,
}

impl Sight {
    pub(crate) fn new(viewer: Option<Viewer>, now: Timestamp) -> Sight {
        Sight { viewer, now, known: BTreeMap::new() }
    }

    /// Whether nothing is hidden.
    pub(crate) fn is_whole(&self) -> bool {
        self.viewer.is_none()
    }

    /// The identities of a person to ask documents for.
    pub(crate) fn identities(&mut self, tx: &mut Tx, person: i64) -> Result<Vec<i64>, QueryError> {
        self.learn(tx, person)?;
        match self.known.get(&person) {
            Some(visibility) => Ok(visibility.identities().to_vec()),
            None => Ok(document::patient::identities_of_person(tx, person)?),
        }
    }

    /// Has the decision about a person made, so that the functions below know it.
    pub(crate) fn learn(&mut self, tx: &mut Tx, person: i64) -> Result<(), QueryError> {
        if let Some(viewer) = self.viewer
            && !self.known.contains_key(&person)
        {
            let visibility = access::visibility(tx, &viewer, person, self.now)?;
            self.known.insert(person, visibility);
        }
        Ok(())
    }

    pub(crate) fn permits_row(&self, row: &EntryRow) -> bool {
        let from = (row.facility_id, row.is_restricted);
        self.permits(row.person_id, row.identity_id, from, &row.category)
    }

    pub(crate) fn permits_head(&self, head: &Head) -> bool {
        let from = (head.facility_id, head.is_restricted);
        self.permits(head.person_id, head.identity_id, from, &head.category)
    }

    /// Whether an object without documents, which no source brought, may be seen.
    pub(crate) fn permits_bare(&self, person: i64, identity: i64) -> bool {
        self.viewer.is_none()
            || self.known.get(&person).is_some_and(|visibility| {
                visibility.identities().contains(&identity) && visibility.opens(None)
            })
    }

    /// Those documents that may be seen.
    pub(crate) fn heads(&mut self, tx: &mut Tx, ids: &[i64]) -> Result<Vec<Head>, QueryError> {
        let mut seen = Vec::with_capacity(ids.len());
        for ids in ids.chunks(CHUNK) {
            for head in rows::heads(tx, ids)? {
                self.learn(tx, head.person_id)?;
                if self.permits_head(&head) {
                    seen.push(head);
                }
            }
        }
        Ok(seen)
    }

    /// Those of some folders or sets that may be seen: one that holds a document that may be, or
    /// none at all.
    pub(crate) fn owners(
        &mut self,
        tx: &mut Tx,
        kind: EndKind,
        mut owners: Vec<Owner>,
    ) -> Result<Vec<Owner>, QueryError> {
        if self.is_whole() {
            return Ok(owners);
        }
        let ids: Vec<i64> = owners.iter().map(|owner| owner.id).collect();
        let mut members: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
        if kind == EndKind::SubmissionSet {
            for (set, document) in rows::documents_of_sets(tx, &ids)? {
                members.entry(set).or_default().push(document);
            }
        }
        for link in rows::links_from(tx, kind, &ids)? {
            if link.target.kind == EndKind::Document {
                members.entry(link.source.id).or_default().push(link.target.id);
            }
        }
        let all: Vec<i64> = members.values().flatten().copied().collect();
        let open: BTreeSet<i64> = self.heads(tx, &all)?.iter().map(|head| head.id).collect();
        for owner in &owners {
            self.learn(tx, owner.person_id)?;
        }
        owners.retain(|owner| match members.get(&owner.id) {
            Some(documents) => documents.iter().any(|document| open.contains(document)),
            None => self.permits_bare(owner.person_id, owner.identity_id),
        });
        Ok(owners)
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
