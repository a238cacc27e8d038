//! What an update of metadata asks for (ITI TF-2 3.57.4.1.3): the operations that the
//! associations of its submission set spell.

use crate::problem::{ErrorCode, Problem};
use crate::submission::{Submission, Submitted, Transaction};
use model::document::{Association, AssociationType, Availability, DocumentEntry, Folder};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

const UPDATE: &str = "ITI TF-2 3.57.4.1.3";
const RESTRICTED: &str = "ITI TF-2 3.92.4.1.3";

/// One operation of an update.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation<'s> {
    /// A new version of an entry's metadata.
    Document {
        /// The new version; its logicalID names the entry.
        document: &'s Submitted<DocumentEntry>,
        /// The version that it follows.
        previous_version: u32,
        /// Whether associations of the earlier version go on to this one.
        propagates: bool,
    },
    /// A new version of a folder's metadata.
    Folder {
        /// The new version; its logicalID names the folder.
        folder: &'s Submitted<Folder>,
        /// The version that it follows.
        previous_version: u32,
        /// Whether associations of the earlier version go on to this one.
        propagates: bool,
    },
    /// Another availabilityStatus for an entry, folder or association.
    Status {
        /// The object.
        target: Uuid,
        /// The status that it must have now.
        original: Availability,
        /// The status that it gets.
        new: Availability,
    },
    /// A new association between registered objects.
    Association(&'s Association),
}

/// The operations of an update as they take effect: new versions, then associations, then
/// statuses, so that an association or a status may name a version that comes with it.
///
/// # Errors
/// Every association of the set that is no operation, and operations that contradict one another.
pub fn operations(
    submission: &Submission,
    transaction: Transaction,
) -> Result<Vec<Operation<'_>>, Vec<Problem>> {
    let set = submission.set.object.entry_uuid;
    let sent = Sent::of(submission);
    let (mut operations, mut problems) = (Vec::new(), Vec::new());
    for association in submission.associations.iter().filter(|one| one.source == set) {
        match operation(&sent, association, transaction) {
            Ok(operation) => operations.push(operation),
            Err(problem) => problems.push(problem),
        }
    }
    if operations.is_empty() && problems.is_empty() {
        problems.push(unknown("the submission set asks for no operation"));
    }
    operations.sort_by_key(Operation::place);
    problems.extend(versions_once(&operations));
    problems.extend(nothing_twice(&operations));
    match problems.is_empty() {
        true => Ok(operations),
        false => Err(problems),
    }
}

impl Operation<'_> {
    fn place(&self) -> u8 {
        match self {
            Operation::Document { .. } => 0,
            Operation::Folder { .. } => 1,
            Operation::Association(_) => 2,
            Operation::Status { .. } => 3,
        }
    }
}

/// One update of a logical object in a submission (common rule 13 of 3.57.4.1.3.1).
fn versions_once(operations: &[Operation<'_>]) -> Vec<Problem> {
    let mut seen = HashSet::new();
    let logical = operations.iter().filter_map(|operation| match operation {
        Operation::Document { document, .. } => document.object.logical_id,
        Operation::Folder { folder, .. } => folder.object.logical_id,
        _ => None,
    });
    logical
        .filter(|logical| !seen.insert(*logical))
        .map(|logical| unknown(format!("{} is updated twice", logical.urn())))
        .collect()
}

/// Associations of a new version go on by themselves or are submitted by hand, not both
/// (rules for update planning, 3.57.4.1.3.1.1).
fn nothing_twice(operations: &[Operation<'_>]) -> Vec<Problem> {
    let carried: HashSet<Uuid> = operations
        .iter()
        .filter_map(|operation| match operation {
            Operation::Document { document, propagates: true, .. } => {
                Some(document.object.entry_uuid)
            }
            Operation::Folder { folder, propagates: true, .. } => Some(folder.object.entry_uuid),
            _ => None,
        })
        .collect();
    operations
        .iter()
        .filter_map(|operation| match operation {
            Operation::Association(new) => Some(new),
            _ => None,
        })
        .filter(|new| carried.contains(&new.source) || carried.contains(&new.target))
        .map(|new| {
            unknown(format!(
                "{} joins a version whose associations go on by themselves: say \
                 AssociationPropagation no",
                new.entry_uuid.urn()
            ))
        })
        .collect()
}

/// The objects of an update by entryUUID.
struct Sent<'s> {
    documents: HashMap<Uuid, &'s Submitted<DocumentEntry>>,
    folders: HashMap<Uuid, &'s Submitted<Folder>>,
    associations: HashMap<Uuid, &'s Association>,
}

impl<'s> Sent<'s> {
    fn of(submission: &'s Submission) -> Sent<'s> {
        let documents = submission.documents.iter().map(|one| (one.object.entry_uuid, one));
        let folders = submission.folders.iter().map(|one| (one.object.entry_uuid, one));
        let associations = submission.associations.iter().map(|one| (one.entry_uuid, one));
        Sent {
            documents: documents.collect(),
            folders: folders.collect(),
            associations: associations.collect(),
        }
    }
}

fn operation<'s>(
    sent: &Sent<'s>,
    association: &'s Association,
    transaction: Transaction,
) -> Result<Operation<'s>, Problem> {
    let target = association.target;
    match association.association_type {
        AssociationType::HasMember => {
            let document = sent.documents.get(&target).copied();
            let folder = sent.folders.get(&target).copied();
            let id = |kind, id: &str, logical| has_logical_id(kind, id, logical, transaction);
            match (document, folder) {
                (Some(document), _) => {
                    id("DocumentEntry", &document.id, document.object.logical_id)?;
                    let (previous_version, propagates) = version(association, transaction)?;
                    Ok(Operation::Document { document, previous_version, propagates })
                }
                (None, Some(folder)) => {
                    id("Folder", &folder.id, folder.object.logical_id)?;
                    let (previous_version, propagates) = version(association, transaction)?;
                    Ok(Operation::Folder { folder, previous_version, propagates })
                }
                (None, None) => Err(unknown(format!(
                    "HasMember to {}, which is not in the submission, updates nothing",
                    target.urn()
                ))),
            }
        }
        AssociationType::UpdateAvailabilityStatus => status(association),
        AssociationType::SubmitAssociation => {
            sent.associations.get(&target).map(|one| Operation::Association(one)).ok_or_else(|| {
                unknown(format!("SubmitAssociation: {} is not in the submission", target.urn()))
            })
        }
        other => Err(unknown(format!("{} from the submission set is no operation", other.name()))),
    }
}

/// An update says which version it follows, and no status.
fn version(association: &Association, transaction: Transaction) -> Result<(u32, bool), Problem> {
    let details = association.details.as_deref();
    let has_status =
        details.is_some_and(|one| !one.original_status.is_empty() || !one.new_status.is_empty());
    if has_status {
        let target = association.target.urn();
        return Err(unknown(format!("HasMember to {target}: a new version has no OriginalStatus")));
    }
    let previous = details.and_then(|details| details.previous_version);
    let propagates = details.and_then(|details| details.propagation).unwrap_or(true);
    previous.map(|previous| (previous, propagates)).ok_or_else(|| {
        let context = format!("HasMember to {} has no PreviousVersion", association.target.urn());
        match transaction {
            Transaction::RestrictedUpdate => {
                Problem::new(ErrorCode::XdsMetadataAnnotationError, RESTRICTED, context)
            }
            _ => unknown(context),
        }
    })
}

/// A new version names what it is a version of; the first version is not an update's to bring
/// (common rule 2 of 3.57.4.1.3.1).
fn has_logical_id(
    kind: &str,
    id: &str,
    logical: Option<Uuid>,
    transaction: Transaction,
) -> Result<(), Problem> {
    logical.map(drop).ok_or_else(|| {
        let context = format!("{kind} {id} has no logicalID other than its own id");
        let (code, section) = match transaction {
            Transaction::RestrictedUpdate => (ErrorCode::XdsInvalidRequestException, RESTRICTED),
            _ => (ErrorCode::XdsMetadataUpdateError, UPDATE),
        };
        Problem::new(code, section, context)
    })
}

/// A change of status says from what to what, both are XDS's and not the same, and no version
/// (3.57.4.1.3.2).
fn status(association: &Association) -> Result<Operation<'_>, Problem> {
    let details = association.details.as_deref();
    let (original, new) = details
        .map(|details| (details.original_status.as_str(), details.new_status.as_str()))
        .unwrap_or_default();
    let read = |name: &str, urn: &str| {
        Availability::from_urn(urn).ok_or_else(|| {
            unknown(format!("UpdateAvailabilityStatus: {name} {urn:?} is no status of XDS"))
        })
    };
    let original = read("OriginalStatus", original)?;
    let new = read("NewStatus", new)?;
    if original == new {
        return Err(unknown("UpdateAvailabilityStatus: OriginalStatus and NewStatus are the same"));
    }
    if details.is_some_and(|details| details.previous_version.is_some()) {
        return Err(unknown("UpdateAvailabilityStatus: a status follows no PreviousVersion"));
    }
    Ok(Operation::Status { target: association.target, original, new })
}

fn unknown(context: impl Into<String>) -> Problem {
    Problem::new(ErrorCode::XdsMetadataUpdateOperationError, UPDATE, context)
}
