//! A new version of a folder.

use super::{Update, approved};
use crate::error::RegistryError;
use crate::link::Joined;
use crate::prepare::unwritable;
use crate::reach;
use crate::relation;
use crate::rule_state as state_rule;
use crate::rule_update as rule;
use access::Grip;
use ebrim::Submitted;
use model::document::{Availability, Folder};
use store::Tx;
use store::document::{EndKind, folder, row, stored_query, version};

impl Update<'_> {
    pub(super) fn folder(
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
}
