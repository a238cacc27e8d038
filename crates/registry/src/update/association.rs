//! New associations: those that an update submits, and the set's own to a new version.

use super::Update;
use crate::error::RegistryError;
use crate::explicit::{self, details_of};
use crate::link::Joined;
use crate::reach;
use crate::relation;
use crate::rule_state as state_rule;
use crate::rule_update as rule;
use model::document::{Association, AssociationType, Availability};
use store::Tx;
use store::document::{EndKind, NewAssociation, association, folder, row, stored_query};

impl Update<'_> {
    /// A new association between registered objects.
    pub(super) fn associate(
        &mut self,
        tx: &mut Tx,
        new: &Association,
    ) -> Result<(), RegistryError> {
        let (source, _) =
            state_rule::end_is_resolved(self.reach.end(tx, new.source)?, new.source, new)?;
        let (target, grip) =
            state_rule::end_is_resolved(self.reach.end(tx, new.target)?, new.target, new)?;
        if explicit::replaces(new) {
            reach::is_own(grip, new.target)?;
            rule::storage_decides(reach::is_of_storage(tx, target.id)?, new.target)?;
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
    pub(super) fn member(&self, tx: &mut Tx, made: Joined) -> Result<(), RegistryError> {
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
}
