//! What an update of metadata asks for (ITI TF-2 3.57.4.1.3): the operations that the
//! associations of its submission set spell.

use crate::problem::{ErrorCode, Problem};
use crate::submission::{Submission, Submitted};
use model::document::{Association, AssociationType, Availability, DocumentEntry, Folder};
use uuid::Uuid;

const UPDATE: &str = "ITI TF-2 3.57.4.1.3";

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

/// The operations of an update, in the order of its associations.
///
/// # Errors
/// Every association of the set that is no operation.
pub fn operations(submission: &Submission) -> Result<Vec<Operation<'_>>, Vec<Problem>> {
    let set = submission.set.object.entry_uuid;
    let (mut operations, mut problems) = (Vec::new(), Vec::new());
    for association in submission.associations.iter().filter(|one| one.source == set) {
        match operation(submission, association) {
            Ok(operation) => operations.push(operation),
            Err(problem) => problems.push(problem),
        }
    }
    if operations.is_empty() && problems.is_empty() {
        problems.push(unknown("the submission set asks for no operation"));
    }
    match problems.is_empty() {
        true => Ok(operations),
        false => Err(problems),
    }
}

fn operation<'s>(
    submission: &'s Submission,
    association: &'s Association,
) -> Result<Operation<'s>, Problem> {
    let target = association.target;
    match association.association_type {
        AssociationType::HasMember => {
            let document = submission.documents.iter().find(|d| d.object.entry_uuid == target);
            let folder = submission.folders.iter().find(|f| f.object.entry_uuid == target);
            let (previous_version, propagates) = version(association)?;
            match (document, folder) {
                (Some(document), _) => {
                    has_logical_id("DocumentEntry", &document.id, document.object.logical_id)?;
                    Ok(Operation::Document { document, previous_version, propagates })
                }
                (None, Some(folder)) => {
                    has_logical_id("Folder", &folder.id, folder.object.logical_id)?;
                    Ok(Operation::Folder { folder, previous_version, propagates })
                }
                (None, None) => Err(unknown(format!(
                    "HasMember to {}, which is not in the submission, updates nothing",
                    target.urn()
                ))),
            }
        }
        AssociationType::UpdateAvailabilityStatus => status(association),
        AssociationType::SubmitAssociation => submission
            .associations
            .iter()
            .find(|one| one.entry_uuid == target)
            .map(Operation::Association)
            .ok_or_else(|| {
                unknown(format!("SubmitAssociation: {} is not in the submission", target.urn()))
            }),
        other => Err(unknown(format!("{} from the submission set is no operation", other.name()))),
    }
}

/// An update says which version it follows.
fn version(association: &Association) -> Result<(u32, bool), Problem> {
    let details = association.details.as_deref();
    let previous = details.and_then(|details| details.previous_version);
    let propagates = details.and_then(|details| details.propagation).unwrap_or(true);
    previous.map(|previous| (previous, propagates)).ok_or_else(|| {
        unknown(format!("HasMember to {} has no PreviousVersion", association.target.urn()))
    })
}

/// A new version names what it is a version of.
fn has_logical_id(kind: &str, id: &str, logical: Option<Uuid>) -> Result<(), Problem> {
    logical.map(drop).ok_or_else(|| {
        let context = format!("{kind} {id} has no logicalID other than its own id");
        Problem::new(ErrorCode::XdsMetadataIdentifierError, UPDATE, context)
    })
}

/// A change of status says from what to what, and both are XDS's.
fn status(association: &Association) -> Result<Operation<'_>, Problem> {
    let (original, new) = association
        .details
        .as_deref()
        .map(|details| (details.original_status.as_str(), details.new_status.as_str()))
        .unwrap_or_default();
    let read = |name: &str, urn: &str| {
        Availability::from_urn(urn).ok_or_else(|| {
            let context = format!("UpdateAvailabilityStatus: {name} {urn:?} is no status of XDS");
            Problem::new(ErrorCode::XdsMetadataUpdateError, UPDATE, context)
        })
    };
    Ok(Operation::Status {
        target: association.target,
        original: read("OriginalStatus", original)?,
        new: read("NewStatus", new)?,
    })
}

fn unknown(context: impl Into<String>) -> Problem {
    Problem::new(ErrorCode::XdsMetadataUpdateOperationError, UPDATE, context)
}
