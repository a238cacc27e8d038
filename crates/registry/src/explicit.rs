//! The associations that a submission itself names.

use crate::content::Derivations;
use crate::error::{Problem, RegistryError, collect};
use crate::link::{self, Joined};
use crate::prepare::{Prepared, unwritable};
use crate::reach::{self, Reach};
use crate::relation;
use crate::rule_state as rule;
use crate::rule_update;
use crate::within::Within;
use access::Grip;
use model::Timestamp;
use model::document::{Association, AssociationDetails, AssociationType, SubmissionSetStatus};
use std::collections::{HashMap, HashSet};
use store::Tx;
use store::document::{End, EndKind, NewAssociation, Patient, association, row};
use uuid::Uuid;

/// The objects of a submission by their entryUUID.
pub(crate) struct Objects {
    /// The set.
    pub set: Joined,
    /// Documents that were registered before: members by reference.
    pub referenced: Vec<i64>,
    reach: Reach,
    ends: HashMap<Uuid, End>,
    failed: HashSet<Uuid>,
}

impl Objects {
    /// Of a set; `reach` is that of its caller.
    pub fn new(set: Joined, end: End, reach: Reach) -> Objects {
        let ends = HashMap::from([(set.uuid, end)]);
        Objects { set, referenced: Vec::new(), reach, ends, failed: HashSet::new() }
    }

    /// Adds a document, folder or association.
    pub fn add(&mut self, uuid: Uuid, end: End) {
        self.ends.insert(uuid, end);
    }

    /// Notes that an object was refused: what names it is not blamed for that.
    pub fn fail(&mut self, uuid: Uuid) {
        self.failed.insert(uuid);
    }
}

/// The derivations at hand and the time.
pub(crate) type Present<'a> = (&'a Derivations, Timestamp);

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

/// Checks each association against its rules, registers it and does what it means. Those that
/// other associations name come first.
pub(crate) fn associate(
    tx: &mut Tx,
    (submission, within): (&Prepared, &Within),
    owner: &Patient,
    objects: &mut Objects,
    problems: &mut Vec<Problem>,
    present: Present<'_>,
) -> Result<(), RegistryError> {
    let (last, first): (Vec<&Association>, Vec<&Association>) = submission
        .associations
        .iter()
        .filter(|new| !within.is_implied(new))
        .partition(|new| within.is_association(new.target));
    for new in first.into_iter().chain(last) {
        if [new.source, new.target].iter().any(|uuid| objects.failed.contains(uuid)) {
            continue;
        }
        let done = one(tx, new, within, owner, objects, present);
        if collect(done, problems)?.is_none() {
            objects.fail(new.entry_uuid);
        }
    }
    Ok(())
}

fn one(
    tx: &mut Tx,
    new: &Association,
    within: &Within,
    owner: &Patient,
    objects: &mut Objects,
    (derivations, now): Present<'_>,
) -> Result<(), RegistryError> {
    let (source, _) = end(tx, new.source, new, objects)?;
    let (target, registered) = end(tx, new.target, new, objects)?;
    let target_is_here = registered.is_none();
    if new.association_type == AssociationType::Replaces
        && source.item_id.is_some()
        && source.item_id == target.item_id
    {
        return Ok(());
    }
    rule::ends_fit(fits(new.association_type, source.kind, target.kind), new)?;
    rule::snapshot_is_of_on_demand(target.is_on_demand, new)?;
    if let (true, Some(grip)) = (replaces(new), registered) {
        reach::is_own(grip, new.target)?;
        if !within.is_intake() && reach::is_of_storage(tx, target.id)? {
            rule_update::storage_decides(true, new.target)?;
        }
    }
    let mut problems = Vec::new();
    for (side, uuid) in [(&source, new.source), (&target, new.target)] {
        problems.extend(rule::patient_is_the_same(owner, side.person_id, &uuid.to_string()).err());
    }
    if source.kind == EndKind::Folder {
        problems.extend(rule::end_is_approved(source.availability, new.source).err());
    }
    // History comes with its attachments: both are what the storage says they are.
    let comes_with_its_version = new.association_type == AssociationType::Appends
        && target_is_here
        && target.item_id.is_some();
    if !comes_with_its_version {
        problems.extend(rule::end_is_approved(target.availability, new.target).err());
    }
    if !problems.is_empty() {
        return Err(RegistryError::Refused(problems));
    }
    register(tx, new, (source, target), within, objects)?;
    take_effect(tx, new, (source, target), objects, derivations, now)
}

/// An end, with what it is to the caller where it was registered before.
fn end(
    tx: &mut Tx,
    uuid: Uuid,
    new: &Association,
    objects: &mut Objects,
) -> Result<(End, Option<Grip>), RegistryError> {
    if let Some(end) = objects.ends.get(&uuid) {
        return Ok((*end, None));
    }
    let (end, grip) = rule::end_is_resolved(objects.reach.end(tx, uuid)?, uuid, new)?;
    Ok((end, Some(grip)))
}

/// Whether an association takes the place of its target.
pub(crate) fn replaces(new: &Association) -> bool {
    matches!(
        new.association_type,
        AssociationType::Replaces | AssociationType::TransformsAndReplaces
    )
}

pub(crate) fn fits(association_type: AssociationType, source: EndKind, target: EndKind) -> bool {
    match association_type {
        AssociationType::HasMember => match source {
            EndKind::SubmissionSet => target != EndKind::SubmissionSet,
            EndKind::Folder => target == EndKind::Document,
            EndKind::Document | EndKind::Association => false,
        },
        AssociationType::Signs => source == EndKind::Document && target != EndKind::Association,
        AssociationType::UpdateAvailabilityStatus
        | AssociationType::SubmitAssociation
        | AssociationType::NonVersioningUpdate => false,
        _ => source == EndKind::Document && target == EndKind::Document,
    }
}

fn register(
    tx: &mut Tx,
    new: &Association,
    (source, target): (End, End),
    within: &Within,
    objects: &mut Objects,
) -> Result<(), RegistryError> {
    if !within.is_intake() {
        rule::uuid_is_new("Association", new.entry_uuid, !row::is_uuid_used(tx, new.entry_uuid)?)?;
    }
    let details = details_of(new)?;
    let row = NewAssociation {
        entry_uuid: new.entry_uuid,
        association_type: new.association_type,
        source: (source.kind, source.id),
        target: (target.kind, target.id),
        original: new.submission_set_status() == Some(SubmissionSetStatus::Original),
        submission_set_id: objects.set.id,
        details: &details,
    };
    let id = association::insert(tx, &row)?;
    rule::uuid_is_new("Association", new.entry_uuid, id.is_some())?;
    let Some(id) = id else { return Ok(()) };
    let end = End { kind: EndKind::Association, id, ..source };
    objects.add(new.entry_uuid, End { item_id: None, is_on_demand: false, ..end });
    let is_tied = !within.is_intake() && within.is_member(new.entry_uuid);
    if source.kind == EndKind::Folder && !is_tied {
        let membership = Joined { kind: EndKind::Association, id, uuid: new.entry_uuid };
        relation::tie_to_set(tx, membership, objects.set.id)?;
    }
    Ok(())
}

/// The text of an association's details; SubmissionSetStatus has its own column.
pub(crate) fn details_of(association: &Association) -> Result<String, RegistryError> {
    let details = association
        .details
        .as_deref()
        .map(|details| AssociationDetails { submission_set_status: None, ..details.clone() });
    let details = details.and_then(AssociationDetails::boxed);
    association::details(details.as_deref())
        .map_err(|error| unwritable(&association.entry_uuid.to_string(), &error).into())
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
        AssociationType::Appends if target.item_id.is_some() => Ok(row::follow(tx, target.id)?),
        AssociationType::HasMember if source.kind == EndKind::Folder => {
            Ok(store::document::folder::touch(tx, source.id, now)?)
        }
        _ => Ok(()),
    }
}
