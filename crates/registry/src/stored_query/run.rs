//! One query while it runs: the transaction, who asks, and where objects go.

use super::sight::Sight;
use super::{Asked, Asker, Object, QueryError};
use crate::error::RegistryError;
use crate::names::association_uuid;
use ebrim::query::{ObjectIds, QueryRequest};
use model::CommunityId;
use model::document::{AssociationType, Availability};
use model::hl7::PatientId;
use model::limits::QUERY_CHUNK;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use store::Tx;
use store::document::stored_query::{self as rows, Head, Link, LinkEnd, Owner};
use store::document::{EndKind, row};
use uuid::Uuid;

/// Rows read at a time.
pub(super) const CHUNK: usize = QUERY_CHUNK as usize;

/// Where objects go.
pub(super) type Visit<'v> = &'v mut dyn FnMut(Object<'_>) -> ControlFlow<()>;

/// A query while it runs.
pub(super) struct Run<'t, 'v> {
    pub tx: &'t mut Tx,
    pub sight: Sight,
    pub is_wanted: &'v dyn Fn() -> bool,
    pub visit: Visit<'v>,
    /// Nobody wants further objects.
    pub is_over: bool,
    pub persons: BTreeSet<i64>,
    affinity_domain: &'v str,
    link_availability: Vec<Availability>,
}

impl<'t, 'v> Run<'t, 'v> {
    pub(super) fn new(
        tx: &'t mut Tx,
        request: &QueryRequest,
        asker: &'v Asker,
        (is_wanted, visit): (&'v dyn Fn() -> bool, Visit<'v>),
    ) -> Run<'t, 'v> {
        let link_availability = match request.association_status.is_empty() {
            true => vec![Availability::Approved],
            false => request.association_status.clone(),
        };
        Run {
            tx,
            sight: Sight::new(asker.viewer, asker.now),
            is_wanted,
            visit,
            is_over: false,
            persons: BTreeSet::new(),
            affinity_domain: &asker.affinity_domain,
            link_availability,
        }
    }

    pub(super) fn asked(self) -> Asked {
        Asked { persons: self.persons }
    }

    /// Whether the query is over: nobody wants further objects.
    pub(super) fn is_over(&mut self) -> bool {
        self.is_over = self.is_over || !(self.is_wanted)();
        self.is_over
    }

    /// Gives an object out.
    pub(super) fn give(&mut self, object: Object<'_>) {
        if !self.is_over {
            self.is_over = (self.visit)(object).is_break();
        }
    }

    /// The person of a patientId today; a merged one's survivor. None of another domain.
    pub(super) fn person(&mut self, patient: &PatientId) -> Result<Option<i64>, QueryError> {
        if patient.authority.oid != self.affinity_domain {
            return Ok(None);
        }
        let Ok(id) = patient.id.parse::<CommunityId>() else { return Ok(None) };
        Ok(crate::query::person_of(self.tx, &id)?)
    }

    /// Asks for every person in turn.
    pub(super) fn each_person(
        &mut self,
        ask: &mut impl FnMut(&mut Run<'_, '_>, i64) -> Result<(), QueryError>,
    ) -> Result<(), QueryError> {
        let (mut after, limit) = (i64::MIN, i64::try_from(CHUNK).unwrap_or(1));
        loop {
            let persons = rows::persons_after(self.tx, after, limit)?;
            for (person, _) in &persons {
                if self.is_over() {
                    return Ok(());
                }
                ask(self, *person)?;
            }
            let Some((last, _)) = persons.last() else { return Ok(()) };
            after = *last;
        }
    }

    /// The documents of ids that may be seen.
    pub(super) fn documents(&mut self, ids: &ObjectIds) -> Result<Vec<Head>, QueryError> {
        let found = match ids {
            ObjectIds::Uuids(uuids) => {
                each(uuids, |uuid| Ok(row::id_by_uuid(self.tx, *uuid)?.into_iter().collect()))?
            }
            ObjectIds::UniqueIds(ids) => rows::documents_by_unique_ids(self.tx, ids)?,
            ObjectIds::LogicalIds(uuids) => {
                each(uuids, |uuid| Ok(rows::documents_by_logical(self.tx, *uuid)?))?
            }
        };
        self.heads(&found)
    }

    /// Those documents that may be seen.
    pub(super) fn heads(&mut self, ids: &[i64]) -> Result<Vec<Head>, QueryError> {
        let mut seen = Vec::with_capacity(ids.len());
        for ids in ids.chunks(CHUNK) {
            if self.is_over() {
                break;
            }
            seen.extend(self.sight.heads(self.tx, ids)?);
        }
        Ok(seen)
    }

    /// The folders of ids that may be seen.
    pub(super) fn folders(&mut self, ids: &ObjectIds) -> Result<Vec<Owner>, QueryError> {
        let found = match ids {
            ObjectIds::Uuids(uuids) => {
                each(uuids, |uuid| Ok(rows::folder_by_uuid(self.tx, *uuid)?.into_iter().collect()))?
            }
            ObjectIds::UniqueIds(ids) => rows::folders_by_unique_ids(self.tx, ids)?,
            ObjectIds::LogicalIds(uuids) => {
                each(uuids, |uuid| Ok(rows::folders_by_logical(self.tx, *uuid)?))?
            }
        };
        self.folder_owners(&found)
    }

    /// The sets of ids that may be seen.
    pub(super) fn sets(&mut self, ids: &ObjectIds) -> Result<Vec<Owner>, QueryError> {
        let found = match ids {
            ObjectIds::Uuids(uuids) | ObjectIds::LogicalIds(uuids) => {
                each(uuids, |uuid| Ok(rows::set_by_uuid(self.tx, *uuid)?.into_iter().collect()))?
            }
            ObjectIds::UniqueIds(ids) => rows::sets_by_unique_ids(self.tx, ids)?,
        };
        self.set_owners(&found)
    }

    /// Those folders that may be seen: one that holds a document that may be, or none at all.
    pub(super) fn folder_owners(&mut self, ids: &[i64]) -> Result<Vec<Owner>, QueryError> {
        let mut seen = Vec::with_capacity(ids.len());
        for ids in ids.chunks(CHUNK) {
            if self.is_over() {
                break;
            }
            let found = rows::folders(self.tx, ids)?;
            let owners = found.into_iter().map(|(_, owner)| owner).collect();
            seen.extend(self.sight.owners(self.tx, EndKind::Folder, owners)?);
        }
        Ok(seen)
    }

    /// Those sets that may be seen, likewise.
    pub(super) fn set_owners(&mut self, ids: &[i64]) -> Result<Vec<Owner>, QueryError> {
        let mut seen = Vec::with_capacity(ids.len());
        for ids in ids.chunks(CHUNK) {
            if self.is_over() {
                break;
            }
            let owners = rows::set_owners(self.tx, ids)?;
            seen.extend(self.sight.owners(self.tx, EndKind::SubmissionSet, owners)?);
        }
        Ok(seen)
    }

    /// The associations at objects of a kind that are of an availability asked for and whose ends
    /// may both be seen; those of a document with the set that brought it among them.
    pub(super) fn links_at(&mut self, kind: EndKind, ids: &[i64]) -> Result<Vec<Link>, QueryError> {
        let mut found = Vec::new();
        for ids in ids.chunks(CHUNK) {
            found.extend(rows::links_from(self.tx, kind, ids)?);
            found.extend(rows::links_to(self.tx, kind, ids)?);
            found.extend(self.implied(kind, ids)?);
        }
        self.those_open(found)
    }

    /// The associations that may be seen among some.
    pub(super) fn those_open(&mut self, mut links: Vec<Link>) -> Result<Vec<Link>, QueryError> {
        links.retain(|link| self.link_availability.contains(&link.availability));
        if !self.sight.is_whole() {
            let ends: Vec<LinkEnd> =
                links.iter().flat_map(|link| [link.source, link.target]).collect();
            let open = self.open_ends(&ends)?;
            let is_open = |end: &LinkEnd| open.contains(&(end.kind, end.id));
            links.retain(|link| is_open(&link.source) && is_open(&link.target));
        }
        Ok(links)
    }

    /// The HasMembers between sets and documents they brought that have no row.
    fn implied(&mut self, kind: EndKind, ids: &[i64]) -> Result<Vec<Link>, QueryError> {
        let documents = match kind {
            EndKind::Document => rows::heads(self.tx, ids)?,
            EndKind::SubmissionSet => {
                let pairs = rows::documents_of_sets(self.tx, ids)?;
                let documents: Vec<i64> = pairs.into_iter().map(|(_, document)| document).collect();
                let mut heads = Vec::with_capacity(documents.len());
                for documents in documents.chunks(CHUNK) {
                    heads.extend(rows::heads(self.tx, documents)?);
                }
                heads
            }
            EndKind::Folder | EndKind::Association => Vec::new(),
        };
        let documents: Vec<Head> =
            documents.into_iter().filter(|head| head.member_implied).collect();
        let mut sets: Vec<i64> = documents.iter().map(|head| head.submission_set_id).collect();
        sets.sort_unstable();
        sets.dedup();
        let mut uuids = BTreeMap::new();
        for sets in sets.chunks(CHUNK) {
            let owners = rows::set_owners(self.tx, sets)?;
            uuids.extend(owners.into_iter().map(|owner| (owner.id, owner.entry_uuid)));
        }
        let link = |head: Head| {
            let set = uuids.get(&head.submission_set_id)?;
            Some(implied_member(head.submission_set_id, *set, head.id, head.entry_uuid))
        };
        Ok(documents.into_iter().filter_map(link).collect())
    }

    fn open_ends(&mut self, ends: &[LinkEnd]) -> Result<BTreeSet<(EndKind, i64)>, QueryError> {
        let of = |kind: EndKind| -> Vec<i64> {
            let ids: BTreeSet<i64> =
                ends.iter().filter(|end| end.kind == kind).map(|end| end.id).collect();
            ids.into_iter().collect()
        };
        let mut open = BTreeSet::new();
        let documents = self.heads(&of(EndKind::Document))?;
        open.extend(documents.iter().map(|head| (EndKind::Document, head.id)));
        let sets = self.set_owners(&of(EndKind::SubmissionSet))?;
        open.extend(sets.iter().map(|owner| (EndKind::SubmissionSet, owner.id)));
        let folders = self.folder_owners(&of(EndKind::Folder))?;
        open.extend(folders.iter().map(|owner| (EndKind::Folder, owner.id)));
        // An association that is itself a member: open where its own ends are documents and
        // folders that are.
        for link in rows::links(self.tx, &of(EndKind::Association))? {
            let inner = [link.source, link.target];
            let mut is_open = true;
            for end in inner {
                is_open &= match end.kind {
                    EndKind::Document => !self.heads(&[end.id])?.is_empty(),
                    EndKind::Folder => !self.folder_owners(&[end.id])?.is_empty(),
                    EndKind::SubmissionSet => !self.set_owners(&[end.id])?.is_empty(),
                    EndKind::Association => false,
                };
            }
            if is_open {
                open.insert((EndKind::Association, link.id));
            }
        }
        Ok(open)
    }
}

/// The HasMember from a set to a document that it brought, which has no row.
pub(super) fn implied_member(set: i64, set_uuid: Uuid, document: i64, uuid: Uuid) -> Link {
    let kind = AssociationType::HasMember;
    Link {
        id: 0,
        entry_uuid: association_uuid(kind, set_uuid, uuid),
        association_type: kind.name().to_owned(),
        original: true,
        availability: Availability::Approved,
        details: String::new(),
        source: LinkEnd { kind: EndKind::SubmissionSet, id: set, uuid: set_uuid },
        target: LinkEnd { kind: EndKind::Document, id: document, uuid },
    }
}

fn each(
    uuids: &[Uuid],
    mut read: impl FnMut(&Uuid) -> Result<Vec<i64>, RegistryError>,
) -> Result<Vec<i64>, QueryError> {
    let mut found = BTreeSet::new();
    for uuid in uuids {
        found.extend(read(uuid)?);
    }
    Ok(found.into_iter().collect())
}
