//! The use case of ITI-57 and ITI-92: new versions of metadata, statuses, associations, whole or
//! not at all.

use crate::content::{self, Derivations};
use crate::error::{Problem, RegistryError, collect};
use crate::explicit::{self, details_of};
use crate::link::{self, Joined};
use crate::prepare::{self, Prepared, unwritable};
use crate::reach::{self, Reach};
use crate::rule_state as state_rule;
use crate::rule_update as rule;
use crate::whose::whose;
use crate::{item, relation};
use access::Grip;
use ebrim::update::{Operation, operations};
use ebrim::{Submission, Submitted, Transaction};
use model::Timestamp;
use model::document::{Association, AssociationType, Availability, DocumentEntry, Folder};
use model::entry::Category;
use store::document::version::{self, NextVersion, VersionColumns};
use store::document::{
    EndKind, EntryRow, NewAssociation, Patient, association, entry, folder, metadata, row, set,
    stored_query,
};
use store::{StoreError, Tx, fact, timeline};
use uuid::Uuid;

/// What an update did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Updated {
    /// The person whose objects they are.
    pub person_id: i64,
    /// The number of operations.
    pub operations: usize,
}

/// One update under way.
struct Update<'a> {
    submission: &'a Submission,
    owner: Patient,
    set: Joined,
    reach: Reach,
    restricted: bool,
    derivations: &'a Derivations,
    now: Timestamp,
}

/// Updates metadata. `prepared` is the submission made ready; `restricted` for ITI-92.
pub fn update(
    tx: &mut Tx,
    submission: &Submission,
    prepared: &Prepared,
    restricted: bool,
    derivations: &Derivations,
    now: Timestamp,
) -> Result<Updated, RegistryError> {
    let transaction = match restricted {
        true => Transaction::RestrictedUpdate,
        false => Transaction::Update,
    };
    let operations = operations(submission, transaction).map_err(RegistryError::Refused)?;
    let owner = whose(tx, prepared, now)?.owner;
    let new = &submission.set.object;
    let is_new = !row::is_unique_id_used(tx, &new.unique_id)?;
    state_rule::unique_id_is_new("SubmissionSet", &new.unique_id, is_new)?;
    let is_new = !row::is_uuid_used(tx, new.entry_uuid)?;
    state_rule::uuid_is_new("SubmissionSet", new.entry_uuid, is_new)?;
    let id = set::insert(tx, new, &prepared.set_metadata, owner.identity_id)?;
    state_rule::uuid_is_new("SubmissionSet", new.entry_uuid, id.is_some())?;
    let Some(id) = id else { return Err(RegistryError::Refused(Vec::new())) };
    if let Some(source_id) = prepared.caller.source_id() {
        set::brought_by(tx, id, source_id)?;
    }
    let set = Joined { kind: EndKind::SubmissionSet, id, uuid: new.entry_uuid };
    let reach = Reach::new(&prepared.caller, now);
    let mut update = Update { submission, owner, set, reach, restricted, derivations, now };
    let mut problems = Vec::new();
    for operation in &operations {
        collect(update.one(tx, operation), &mut problems)?;
    }
    if !problems.is_empty() {
        return Err(RegistryError::Refused(problems));
    }
    Ok(Updated { person_id: owner.person_id, operations: operations.len() })
}

impl Update<'_> {
    fn one(&mut self, tx: &mut Tx, operation: &Operation<'_>) -> Result<(), RegistryError> {
        match operation {
            Operation::Document { document, previous_version, propagates } => {
                self.document(tx, document, *previous_version, *propagates)
            }
            Operation::Status { target, .. } if self.restricted => {
                Err(rule::no_status_in_restricted(*target).into())
            }
            _ if self.restricted => Err(rule::documents_only().into()),
            Operation::Folder { folder, previous_version, propagates } => {
                self.folder(tx, folder, *previous_version, *propagates)
            }
            Operation::Status { target, original, new } => {
                self.status(tx, *target, *original, *new)
            }
            Operation::Association(new) => self.associate(tx, new),
        }
    }

    fn document(
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

    fn identity_of(&self, tx: &mut Tx, entry: &DocumentEntry) -> Result<i64, RegistryError> {
        let end = association::end(tx, entry.entry_uuid)?;
        Ok(end.map_or(self.owner.identity_id, |end| end.identity_id))
    }

    fn folder(
        &mut self,
        tx: &mut Tx,
        submitted: &Submitted<Folder>,
        previous: u32,
        propagates: bool,
    ) -> Result<(), RegistryError> {
        let new = &submitted.object;
        let ids = stored_query::folders_by_logical(tx, new.logical())?;
        let rows = stored_query::folders(tx, &ids)?;
        let latest = rows.into_iter().max_by_key(|(row, _)| row.folder.version_number());
        let latest = match latest {
            Some(latest) => Some((self.reach.object(tx, EndKind::Folder, latest.0.id)?, latest)),
            None => None,
        };
        let known = latest.filter(|(grip, _)| *grip != Grip::Absent);
        let (grip, (latest, owner)) = rule::folder_is_known(known, new.logical())?;
        reach::is_own(grip, new.logical())?;
        let number = latest.folder.version_number();
        let mut problems = Vec::new();
        problems.extend(rule::version_follows(number, previous, new.logical()).err());
        problems.extend(rule::latest_is_approved(latest.availability, false, new.logical()).err());
        problems.extend(rule::patient_stays(&self.owner, owner.person_id, new.logical()).err());
        problems.extend(rule::same_unique_id(&latest.folder.unique_id, &new.unique_id).err());
        let is_new = !row::is_uuid_used(tx, new.entry_uuid)?;
        problems.extend(state_rule::uuid_is_new("Folder", new.entry_uuid, is_new).err());
        if !problems.is_empty() {
            return Err(RegistryError::Refused(problems));
        }
        let next = Folder { version: Some(number + 1), ..new.clone() };
        let text = folder::metadata(&next).map_err(|e| unwritable(&next.unique_id, &e))?;
        let id = folder::insert(tx, &next, &text, owner.identity_id, self.now)?;
        state_rule::uuid_is_new("Folder", next.entry_uuid, id.is_some())?;
        let Some(id) = id else { return Ok(()) };
        version::set_folder(tx, latest.id, Availability::Deprecated)?;
        let made = Joined { kind: EndKind::Folder, id, uuid: next.entry_uuid };
        self.member(tx, made)?;
        if propagates {
            for link in approved(stored_query::links_from(tx, EndKind::Folder, &[latest.id])?) {
                let member =
                    Joined { kind: link.target.kind, id: link.target.id, uuid: link.target.uuid };
                let set_id = self.set.id;
                relation::put_into_folder(tx, made, member, set_id, self.now)?;
            }
        }
        Ok(())
    }

    fn status(
        &mut self,
        tx: &mut Tx,
        target: Uuid,
        original: Availability,
        new: Availability,
    ) -> Result<(), RegistryError> {
        if let Some((end, grip)) = self.reach.end(tx, target)? {
            reach::is_own(grip, target)?;
            rule::patient_stays(&self.owner, end.person_id, target)?;
            rule::status_is(end.availability, original, target)?;
            rule::target_is_latest(self.latest(tx, end.kind, end.id)?, target)?;
            match end.kind {
                EndKind::Document if new == Availability::Approved => {
                    rule::storage_decides(reach::is_of_storage(tx, end.id)?, target)?;
                    self.approve(tx, end.id)?;
                }
                EndKind::Document => {
                    rule::storage_decides(reach::is_of_storage(tx, end.id)?, target)?;
                    let (id, item_id) = (end.id, end.item_id);
                    relation::deprecate(tx, id, item_id, self.derivations, self.now)?;
                }
                EndKind::Folder => version::set_folder(tx, end.id, new)?,
                _ => return Err(rule::no_status(target).into()),
            }
            return Ok(());
        }
        let found = stored_query::link_by_uuid(tx, target)?;
        let id = found.ok_or_else(|| rule::target_is_unknown(target))?;
        for link in stored_query::links(tx, &[id])? {
            let grip = self.reach.link(tx, &link)?;
            if grip == Grip::Absent {
                return Err(rule::target_is_unknown(target).into());
            }
            reach::is_own(grip, target)?;
            rule::is_not_of_a_set(link.source.kind, target)?;
            if let Some(end) = association::end(tx, link.target.uuid)? {
                rule::patient_stays(&self.owner, end.person_id, target)?;
            }
            rule::status_is(link.availability, original, target)?;
            version::set_association(tx, link.id, new)?;
        }
        Ok(())
    }

    /// The last version of what a document or folder is a version of.
    fn latest(&self, tx: &mut Tx, kind: EndKind, id: i64) -> Result<Option<Uuid>, RegistryError> {
        let mut versions: Vec<(u32, Uuid)> = match kind {
            EndKind::Document => {
                let Some(this) = entry::of_ids(tx, &[id])?.into_iter().next() else {
                    return Ok(None);
                };
                let ids = stored_query::documents_by_logical(tx, this.entry.logical())?;
                let rows = entry::of_ids(tx, &ids)?.into_iter();
                rows.map(|row| (row.entry.version_number(), row.entry.entry_uuid)).collect()
            }
            EndKind::Folder => {
                let Some((this, _)) = stored_query::folders(tx, &[id])?.into_iter().next() else {
                    return Ok(None);
                };
                let ids = stored_query::folders_by_logical(tx, this.folder.logical())?;
                let rows = stored_query::folders(tx, &ids)?.into_iter();
                rows.map(|(row, _)| (row.folder.version_number(), row.folder.entry_uuid)).collect()
            }
            _ => return Ok(None),
        };
        versions.sort_unstable();
        Ok(versions.pop().map(|(_, uuid)| uuid))
    }

    /// Approves a document that had been deprecated: its facts and its line come back.
    fn approve(&self, tx: &mut Tx, id: i64) -> Result<(), RegistryError> {
        let Some(columns) = version::columns(tx, id)? else { return Ok(()) };
        let Some(found) = entry::of_ids(tx, &[id])?.into_iter().next() else { return Ok(()) };
        let mut derived = match columns.held && content::has_facts(&found.entry) {
            true => {
                let unique_id = found.entry.unique_id.clone();
                let known = self.derivations.get(&unique_id).cloned();
                known.ok_or(RegistryError::NeedsContent { unique_id })?
            }
            false => content::of_metadata(&found.entry),
        };
        // What the row says decides who may see it, in every place.
        if let Some(category) = Category::from_name(&columns.category) {
            derived.line.category = category;
        }
        let unique_id = &found.entry.unique_id;
        version::approve(tx, id, &item::flags_of(unique_id, &columns.flags, &derived)?)?;
        fact::delete_of_document(tx, id)?;
        timeline::delete_of_document(tx, id)?;
        let owner = item::Owner {
            identity_id: self.identity_of(tx, &found.entry)?,
            document_id: id,
            source_id: columns.source_id,
            sha256: match columns.held {
                true => &columns.sha256,
                false => found.entry.entry_uuid.as_bytes(),
            },
            taken: found.created,
        };
        Ok(item::show(tx, &owner, &derived)?)
    }

    /// A new association between registered objects.
    fn associate(&mut self, tx: &mut Tx, new: &Association) -> Result<(), RegistryError> {
        let (source, _) =
            state_rule::end_is_resolved(self.reach.end(tx, new.source)?, new.source, new)?;
        let (target, grip) =
            state_rule::end_is_resolved(self.reach.end(tx, new.target)?, new.target, new)?;
        if explicit::replaces(new) {
            reach::is_own(grip, new.target)?;
        }
        let fits = explicit::fits(new.association_type, source.kind, target.kind)
            && source.kind != EndKind::SubmissionSet;
        state_rule::ends_fit(fits, new)?;
        for (end, uuid) in [(&source, new.source), (&target, new.target)] {
            rule::patient_stays(&self.owner, end.person_id, uuid)?;
            state_rule::end_is_approved(end.availability, uuid)?;
        }
        let is_joined =
            stored_query::links_from(tx, source.kind, &[source.id])?.iter().any(|one| {
                one.target.uuid == new.target
                    && one.association_type == new.association_type.name()
                    && one.availability == Availability::Approved
            });
        rule::not_joined_yet(is_joined, new)?;
        let is_new = !row::is_uuid_used(tx, new.entry_uuid)?;
        state_rule::uuid_is_new("Association", new.entry_uuid, is_new)?;
        let details = details_of(new)?;
        let row = NewAssociation {
            entry_uuid: new.entry_uuid,
            association_type: new.association_type,
            source: (source.kind, source.id),
            target: (target.kind, target.id),
            original: false,
            submission_set_id: self.set.id,
            details: &details,
        };
        if let Some(id) = association::insert(tx, &row)? {
            let made = Joined { kind: EndKind::Association, id, uuid: new.entry_uuid };
            relation::tie_to_set(tx, made, self.set.id)?;
        }
        if source.kind == EndKind::Folder {
            folder::touch(tx, source.id, self.now)?;
        }
        Ok(())
    }

    /// The set's HasMember to a new version, as it was sent.
    fn member(&self, tx: &mut Tx, made: Joined) -> Result<(), RegistryError> {
        let sent = self.submission.associations.iter().find(|one| {
            one.association_type == AssociationType::HasMember
                && one.source == self.set.uuid
                && one.target == made.uuid
        });
        let Some(sent) = sent else {
            return relation::tie_to_set(tx, made, self.set.id);
        };
        let is_new = !row::is_uuid_used(tx, sent.entry_uuid)?;
        state_rule::uuid_is_new("Association", sent.entry_uuid, is_new)?;
        let details = details_of(sent)?;
        let row = NewAssociation {
            entry_uuid: sent.entry_uuid,
            association_type: AssociationType::HasMember,
            source: (self.set.kind, self.set.id),
            target: (made.kind, made.id),
            original: true,
            submission_set_id: self.set.id,
            details: &details,
        };
        association::insert(tx, &row)?;
        Ok(())
    }

    /// Carries the relationships and approved folders of the version before to the new one.
    fn propagate(&self, tx: &mut Tx, before: i64, made: Joined) -> Result<(), RegistryError> {
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

/// What was taken back does not come to life again in another association.
fn approved(links: Vec<stored_query::Link>) -> impl Iterator<Item = stored_query::Link> {
    links.into_iter().filter(|link| link.availability == Availability::Approved)
}

fn of_access(error: access::AccessError) -> RegistryError {
    match error {
        access::AccessError::Store(error) => error.into(),
        other => StoreError::Damaged(other.to_string()).into(),
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
