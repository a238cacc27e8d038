//! A new version of a document's metadata.

use super::{Update, approved};
use crate::content;
use crate::error::{Problem, RegistryError};
use crate::link::{self, Joined};
use crate::prepare::{self, unwritable};
use crate::reach;
use crate::rule_state as state_rule;
use crate::rule_update as rule;
use crate::{item, relation};
use access::Grip;
use ebrim::Submitted;
use model::document::{AssociationType, Availability, DocumentEntry};
use model::entry::Category;
use store::document::version::{self, NextVersion, VersionColumns};
use store::document::{EndKind, EntryRow, entry, metadata, row, stored_query};
use store::{StoreError, Tx, timeline};

impl Update<'_> {
    pub(super) fn document(
        &mut self,
        tx: &mut Tx,
        submitted: &Submitted<DocumentEntry>,
        previous: u32,
        propagates: bool,
    ) -> Result<(), RegistryError> {
        let new = &submitted.object;
        let ids = stored_query::documents_by_logical(tx, new.logical())?;
        let rows = entry::of_ids(tx, &ids)?;
        let latest = rows.into_iter().max_by_key(|row| row.entry.version_number());
        let latest = match latest {
            Some(latest) => Some((self.reach.object(tx, EndKind::Document, latest.id)?, latest)),
            None => None,
        };
        let known = latest.filter(|(grip, _)| *grip != Grip::Absent);
        let (grip, latest) = rule::entry_is_known(known, new.logical())?;
        reach::is_own(grip, new.logical())?;
        let is_held = version::columns(tx, latest.id)?.is_some_and(|columns| columns.held);
        let mut problems = self.keeps(submitted, &latest, is_held, previous);
        let is_new = !row::is_uuid_used(tx, new.entry_uuid)?;
        problems.extend(state_rule::uuid_is_new("DocumentEntry", new.entry_uuid, is_new).err());
        if !problems.is_empty() {
            return Err(RegistryError::Refused(problems));
        }
        let next = next_entry(&latest, new, is_held);
        if !is_held {
            let others = row::entries_of_unique_id(tx, &next.unique_id)?;
            let next = prepare::document(next.clone(), None)?;
            state_rule::one_unique_id_has_one_content(&next, &others, Some(new.logical()))?;
        }
        let id = self.write_version(tx, &latest, &next)?;
        let made = Joined { kind: EndKind::Document, id, uuid: next.entry_uuid };
        self.member(tx, made)?;
        if propagates {
            self.propagate(tx, latest.id, made)?;
        }
        Ok(())
    }

    /// What an update of an entry must leave as it is.
    fn keeps(
        &self,
        submitted: &Submitted<DocumentEntry>,
        latest: &EntryRow,
        is_held: bool,
        previous: u32,
    ) -> Vec<Problem> {
        let (new, before) = (&submitted.object, &latest.entry);
        let (logical, restricted) = (new.logical(), self.restricted);
        let mut problems = Vec::new();
        problems.extend(rule::version_follows(before.version_number(), previous, logical).err());
        problems.extend(rule::latest_is_approved(latest.availability, restricted, logical).err());
        problems.extend(rule::patient_stays(&self.owner, latest.person_id, logical).err());
        problems.extend(rule::unique_id_stays(before, new, restricted).err());
        problems.extend(rule::object_type_stays(before, new, restricted).err());
        if restricted {
            problems.extend(rule::restricted_stays(before, new));
            problems.extend(rule::status_stays(submitted.availability, latest).err());
        }
        if is_held {
            problems.extend(rule::bytes_stay(before, new, restricted));
        }
        problems.dedup();
        problems
    }

    /// Writes the row, and the line where the version before had one of its metadata.
    fn write_version(
        &self,
        tx: &mut Tx,
        latest: &EntryRow,
        next: &DocumentEntry,
    ) -> Result<i64, RegistryError> {
        let damaged = || RegistryError::Damaged {
            unique_id: next.unique_id.clone(),
            reason: "its row vanished".to_owned(),
        };
        let before = version::columns(tx, latest.id)?.ok_or_else(damaged)?;
        let text = metadata::write(next).map_err(|error| unwritable(&next.unique_id, &error))?;
        let mut line = content::of_metadata(next);
        line.line.category = self.category(tx, latest, &before, line.line.category)?;
        let values = NextVersion {
            entry: next,
            metadata: &text,
            category: line.line.category.name(),
            submission_set_id: self.set.id,
            // An update closes and never opens; a replacement opens.
            is_restricted: latest.is_restricted || next.is_restricted(),
            now: self.now,
        };
        let id = version::replace(tx, latest.id, &before, &values)?.ok_or_else(damaged)?;
        if latest.availability == Availability::Deprecated {
            version::stay_deprecated(tx, id)?;
        }
        if before.on_timeline && !before.with_facts {
            timeline::delete_of_document(tx, latest.id)?;
            let owner = item::Owner {
                identity_id: self.identity_of(tx, next)?,
                document_id: id,
                source_id: before.source_id,
                sha256: if before.held { &before.sha256 } else { next.entry_uuid.as_bytes() },
                taken: latest.created,
            };
            item::show(tx, &owner, &line)?;
        }
        Ok(id)
    }

    /// The category of a new version. Where the bytes or the document to which it is attached
    /// decided it, it stays; else the classCode says it, unless that opened it to anybody.
    fn category(
        &self,
        tx: &mut Tx,
        latest: &EntryRow,
        before: &VersionColumns,
        said: Category,
    ) -> Result<Category, RegistryError> {
        let damaged = || RegistryError::Damaged {
            unique_id: latest.entry.unique_id.clone(),
            reason: format!("{:?} is no category", before.category),
        };
        let stays = Category::from_name(&before.category).ok_or_else(damaged)?;
        let of_bytes = before.held && content::has_facts(&latest.entry);
        if of_bytes || content::of_metadata(&latest.entry).line.category != stays {
            return Ok(stays);
        }
        let whose = (latest.person_id, latest.facility_id);
        let opens = access::widens(tx, whose, (stays, said), self.now).map_err(of_access)?;
        Ok(if opens { stays } else { said })
    }

    /// Carries the relationships and approved folders of the version before to the new one.
    pub(super) fn propagate(
        &self,
        tx: &mut Tx,
        before: i64,
        made: Joined,
    ) -> Result<(), RegistryError> {
        relation::join_folders(tx, before, made, self.set.id, self.now)?;
        for link in approved(stored_query::links_from(tx, EndKind::Document, &[before])?) {
            if let Some(kind) = AssociationType::from_name(&link.association_type) {
                let target =
                    Joined { kind: link.target.kind, id: link.target.id, uuid: link.target.uuid };
                link::join(tx, kind, made, target, false, self.set.id)?;
            }
        }
        for link in approved(stored_query::links_to(tx, EndKind::Document, &[before])?) {
            let kind = AssociationType::from_name(&link.association_type);
            if let Some(kind) = kind.filter(|kind| *kind != AssociationType::HasMember) {
                let source =
                    Joined { kind: link.source.kind, id: link.source.id, uuid: link.source.uuid };
                link::join(tx, kind, source, made, false, self.set.id)?;
            }
        }
        Ok(())
    }
}

/// The next version: what belongs to the bytes that are here, and to their origin, is that of
/// the one before.
fn next_entry(latest: &EntryRow, new: &DocumentEntry, is_held: bool) -> DocumentEntry {
    let before = &latest.entry;
    let mut next = DocumentEntry {
        version: Some(before.version_number() + 1),
        logical_id: Some(before.logical()),
        intake: before.intake.clone(),
        ..new.clone()
    };
    if is_held || next.hash.is_empty() {
        next.hash.clone_from(&before.hash);
        next.size = before.size;
    }
    if is_held {
        next.repository_oid.clone_from(&before.repository_oid);
    }
    next
}

fn of_access(error: access::AccessError) -> RegistryError {
    match error {
        access::AccessError::Store(error) => error.into(),
        other => StoreError::Damaged(other.to_string()).into(),
    }
}
