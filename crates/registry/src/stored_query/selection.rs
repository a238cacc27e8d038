//! What a query by ids has chosen: rows and ids only. Metadata are read as they go out.

use super::run::{CHUNK, Run};
use super::{Object, QueryError};
use std::collections::{BTreeMap, BTreeSet};
use store::document::stored_query::{self as rows, Head, Link, LinkEnd, Owner};
use store::document::{EndKind, entry, set};
use uuid::Uuid;

/// The chosen objects.
#[derive(Default)]
pub(super) struct Selection {
    pub documents: BTreeSet<i64>,
    pub sets: BTreeSet<i64>,
    pub folders: BTreeSet<i64>,
    pub links: BTreeMap<Uuid, Link>,
    /// Whose they are.
    pub persons: BTreeSet<i64>,
}

impl Selection {
    pub(super) fn add_documents(&mut self, heads: &[Head]) {
        self.documents.extend(heads.iter().map(|head| head.id));
        self.persons.extend(heads.iter().map(|head| head.person_id));
    }

    pub(super) fn add_sets(&mut self, owners: &[Owner]) {
        self.sets.extend(owners.iter().map(|owner| owner.id));
        self.persons.extend(owners.iter().map(|owner| owner.person_id));
    }

    pub(super) fn add_folders(&mut self, owners: &[Owner]) {
        self.folders.extend(owners.iter().map(|owner| owner.id));
        self.persons.extend(owners.iter().map(|owner| owner.person_id));
    }

    pub(super) fn add_links(&mut self, links: impl IntoIterator<Item = Link>) {
        self.links.extend(links.into_iter().map(|link| (link.entry_uuid, link)));
    }

    /// Whether an object is chosen.
    pub(super) fn holds(&self, end: &LinkEnd) -> bool {
        match end.kind {
            EndKind::Document => self.documents.contains(&end.id),
            EndKind::SubmissionSet => self.sets.contains(&end.id),
            EndKind::Folder => self.folders.contains(&end.id),
            EndKind::Association => self.links.contains_key(&end.uuid),
        }
    }

    /// Adds those associations of which both ends are chosen.
    pub(super) fn add_links_within(&mut self, links: Vec<Link>) {
        let (at_links, others): (Vec<Link>, Vec<Link>) = links
            .into_iter()
            .partition(|link| [link.source.kind, link.target.kind].contains(&EndKind::Association));
        for links in [others, at_links] {
            for link in links {
                if self.holds(&link.source) && self.holds(&link.target) {
                    self.links.insert(link.entry_uuid, link);
                }
            }
        }
    }

    /// Gives the objects out.
    pub(super) fn emit(&self, run: &mut Run<'_, '_>) -> Result<(), QueryError> {
        for ids in chunks(&self.documents) {
            if run.is_over() {
                return Ok(());
            }
            for row in entry::of_ids(run.tx, &ids)? {
                run.give(Object::Document(&row));
            }
        }
        for ids in chunks(&self.sets) {
            if run.is_over() {
                return Ok(());
            }
            for set in set::of_ids(run.tx, &ids)? {
                run.give(Object::Set(&set));
            }
        }
        for ids in chunks(&self.folders) {
            for (folder, _) in rows::folders(run.tx, &ids)? {
                run.give(Object::Folder(&folder));
            }
        }
        for link in self.links.values() {
            run.give(Object::Association(link));
        }
        Ok(())
    }
}

fn chunks(ids: &BTreeSet<i64>) -> impl Iterator<Item = Vec<i64>> + use<> {
    let ids: Vec<i64> = ids.iter().copied().collect();
    let starts = (0..ids.len()).step_by(CHUNK);
    let chunks: Vec<Vec<i64>> =
        starts.map(|start| ids.iter().skip(start).take(CHUNK).copied().collect()).collect();
    chunks.into_iter()
}
