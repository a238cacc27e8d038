//! A change of availabilityStatus, and what comes back with a document that is approved again.

use super::Update;
use crate::content;
use crate::error::RegistryError;
use crate::reach;
use crate::rule_update as rule;
use crate::{item, relation};
use access::Grip;
use model::document::Availability;
use model::entry::Category;
use store::document::{EndKind, association, entry, stored_query, version};
use store::{Tx, fact, timeline};
use uuid::Uuid;

impl Update<'_> {
    pub(super) fn status(
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
}
