//! The associations that a submission itself names.

use crate::content::Derivations;
use crate::error::RegistryError;
use crate::link::{self, Joined};
use crate::prepare::Prepared;
use crate::relation;
use crate::rule_state as rule;
use model::Timestamp;
use model::document::{Association, AssociationType};
use std::collections::HashMap;
use store::Tx;
use store::document::{End, EndKind, NewAssociation, Patient, association};
use uuid::Uuid;

/// The objects of a submission by their entryUUID.
pub(crate) struct Objects {
    /// The set.
    pub set: Joined,
    /// Documents that were registered before: members by reference.
    pub referenced: Vec<i64>,
    ends: HashMap<Uuid, End>,
}

impl Objects {
    /// Of a set.
    pub fn new(set: Joined) -> Objects {
        Objects { set, referenced: Vec::new(), ends: HashMap::new() }
    }

    /// Adds a document or folder.
    pub fn add(&mut self, uuid: Uuid, end: End) {
        self.ends.insert(uuid, end);
    }
}

/// An association that needs no row of its own: the set's HasMember to what it brings, and a
/// replacement between versions of one item, which the registry derives itself.
pub(crate) fn is_implied(association: &Association, submission: &Prepared) -> bool {
    let entry = |uuid: Uuid| submission.documents.iter().find(|d| d.entry.entry_uuid == uuid);
    match association.association_type {
        AssociationType::HasMember => {
            association.source == submission.set.entry_uuid
                && (entry(association.target).is_some()
                    || submission.folders.iter().any(|(f, _)| f.entry_uuid == association.target)
                    || submission.associations.iter().any(|a| a.entry_uuid == association.target))
        }
        _ => false,
    }
}

/// The HasMember of status Reference from the set to documents that were registered before.
pub(crate) fn refer(
    tx: &mut Tx,
    submission: &Prepared,
    objects: &Objects,
) -> Result<(), RegistryError> {
    for prepared in &submission.documents {
        let uuid = prepared.entry.entry_uuid;
        if let Some(end) = objects.ends.get(&uuid)
            && objects.referenced.contains(&end.id)
        {
            let member = Joined { kind: EndKind::Document, id: end.id, uuid };
            let kind = AssociationType::HasMember;
            link::join(tx, kind, objects.set, member, false, objects.set.id)?;
        }
    }
    Ok(())
}

/// Checks each association against its rules, registers it and does what it means.
pub(crate) fn associate(
    tx: &mut Tx,
    submission: &Prepared,
    owner: &Patient,
    objects: &Objects,
    derivations: &Derivations,
    now: Timestamp,
) -> Result<(), RegistryError> {
    for new in &submission.associations {
        if is_implied(new, submission) {
            continue;
        }
        let (source, source_is_here) = end(tx, new.source, new, objects)?;
        let (target, target_is_here) = end(tx, new.target, new, objects)?;
        if new.association_type == AssociationType::Replaces
            && source.item_id.is_some()
            && source.item_id == target.item_id
        {
            continue;
        }
        rule::ends_fit(fits(new.association_type, source.kind, target.kind), new)?;
        rule::source_is_submitted(source_is_here, new)?;
        rule::replaced_is_registered(target_is_here, new)?;
        for (side, uuid) in [(&source, new.source), (&target, new.target)] {
            rule::patient_is_the_same(owner, side.person_id, &uuid.to_string())?;
        }
        if source.kind == EndKind::Folder {
            rule::end_is_approved(source.availability, new.source)?;
        }
        rule::end_is_approved(target.availability, new.target)?;
        register(tx, new, (source, target), objects)?;
        take_effect(tx, new, (source, target), objects, derivations, now)?;
    }
    Ok(())
}

fn end(
    tx: &mut Tx,
    uuid: Uuid,
    new: &Association,
    objects: &Objects,
) -> Result<(End, bool), RegistryError> {
    if let Some(end) = objects.ends.get(&uuid) {
        return Ok((*end, true));
    }
    Ok((rule::end_is_resolved(association::end(tx, uuid)?, uuid, new)?, uuid == objects.set.uuid))
}

fn fits(association_type: AssociationType, source: EndKind, target: EndKind) -> bool {
    match association_type {
        AssociationType::HasMember => {
            matches!(source, EndKind::Folder | EndKind::SubmissionSet)
                && target == EndKind::Document
        }
        AssociationType::Signs => source == EndKind::Document && target != EndKind::Association,
        _ => source == EndKind::Document && target == EndKind::Document,
    }
}

fn register(
    tx: &mut Tx,
    new: &Association,
    (source, target): (End, End),
    objects: &Objects,
) -> Result<(), RegistryError> {
    let row = NewAssociation {
        entry_uuid: new.entry_uuid,
        association_type: new.association_type,
        source: (source.kind, source.id),
        target: (target.kind, target.id),
        original: false,
        submission_set_id: objects.set.id,
    };
    let id = association::insert(tx, &row)?;
    rule::uuid_is_new("Association", new.entry_uuid, id.is_some())?;
    if let (Some(id), EndKind::Folder) = (id, source.kind) {
        let membership = Joined { kind: EndKind::Association, id, uuid: new.entry_uuid };
        relation::tie_to_set(tx, membership, objects.set.id)?;
    }
    Ok(())
}

fn take_effect(
    tx: &mut Tx,
    new: &Association,
    (source, target): (End, End),
    objects: &Objects,
    derivations: &Derivations,
    now: Timestamp,
) -> Result<(), RegistryError> {
    match new.association_type {
        AssociationType::Replaces | AssociationType::TransformsAndReplaces => {
            relation::deprecate(tx, target.id, target.item_id, derivations, now)?;
            relation::deprecate_additions(tx, target.id, derivations, now)?;
            let replacement = Joined { kind: EndKind::Document, id: source.id, uuid: new.source };
            relation::join_folders(tx, target.id, replacement, objects.set.id, now)
        }
        AssociationType::HasMember if source.kind == EndKind::Folder => {
            Ok(store::document::folder::touch(tx, source.id, now)?)
        }
        _ => Ok(()),
    }
}
