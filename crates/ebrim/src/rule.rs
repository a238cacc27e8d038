//! The rules of a submission across its objects, as far as the message alone decides. Each is
//! one function; what the registry's rows decide (known patients, merges, uniqueIds, targets) is
//! the registry's.

use crate::problem::{ErrorCode, Problem};
use crate::submission::{Submission, Transaction};
use model::document::{Association, AssociationType, DocumentKind, SubmissionSetStatus};
use model::hl7::PatientId;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

const REGISTER: &str = "ITI TF-2 3.42.4.1.3";
const RELATIONSHIPS: &str = "ITI TF-3 4.2.2.2";
const MEMBERS: &str = "ITI TF-3 4.2.2.1";

/// What an object of the message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Set,
    Document(DocumentKind),
    Folder,
    Association,
}

/// The objects of a message by UUID.
struct Objects(HashMap<Uuid, Kind>);

impl Objects {
    fn of(submission: &Submission) -> Objects {
        let documents = submission
            .documents
            .iter()
            .map(|one| (one.object.entry_uuid, Kind::Document(one.object.kind)));
        let folders = submission.folders.iter().map(|one| (one.object.entry_uuid, Kind::Folder));
        let associations =
            submission.associations.iter().map(|one| (one.entry_uuid, Kind::Association));
        let set = (submission.set.object.entry_uuid, Kind::Set);
        Objects(documents.chain(folders).chain(associations).chain([set]).collect())
    }

    fn get(&self, uuid: Uuid) -> Option<Kind> {
        self.0.get(&uuid).copied()
    }
}

/// All rules of this module.
pub(crate) fn message(submission: &Submission, transaction: Transaction) -> Vec<Problem> {
    let objects = Objects::of(submission);
    let mut problems = Vec::new();
    problems.extend(has_content(submission));
    problems.extend(unique_ids_once(submission, transaction));
    problems.extend(every_object_is_a_member(submission));
    problems.extend(joined_once(submission));
    for association in &submission.associations {
        problems.extend(member_status(association, &objects, transaction));
        problems.extend(member_ends(association, &objects));
        problems.extend(source_is_submitted(association, &objects, transaction));
        problems.extend(target_is_registered(association, &objects));
        problems.extend(snapshot_ends(association, &objects));
        problems.extend(no_object_is_its_own_target(association));
        if !transaction.is_update() {
            problems.extend(no_update_operation(association));
        }
    }
    problems
}

/// A submission has exactly one SubmissionSet.
pub(crate) fn one_set(sets: usize) -> Option<Problem> {
    (sets != 1).then(|| {
        metadata(REGISTER, format!("the submission holds {sets} SubmissionSets; it needs one"))
    })
}

/// All patientIds of a submission are the same text. Where they are not, a merge may still make
/// them one patient's: that is the registry's to know, so this is not among the rules of
/// reading; ask it when the ids do not resolve to one person.
pub fn one_patient(submission: &Submission) -> Option<Problem> {
    let ids: HashSet<&PatientId> = submission
        .documents
        .iter()
        .filter_map(|one| one.patient_id.as_ref())
        .chain(submission.folders.iter().filter_map(|one| one.patient_id.as_ref()))
        .chain(submission.set.patient_id.as_ref())
        .collect();
    (ids.len() > 1).then(|| {
        let mut texts: Vec<String> = ids.into_iter().map(crate::notation::cx).collect();
        texts.sort_unstable();
        let context = format!("the submission names several patients: {}", texts.join(", "));
        Problem::new(ErrorCode::XdsPatientIdDoesNotMatch, REGISTER, context)
    })
}

/// A submission holds at least one document, folder or association.
fn has_content(submission: &Submission) -> Option<Problem> {
    let is_empty = submission.documents.is_empty()
        && submission.folders.is_empty()
        && submission.associations.is_empty();
    is_empty.then(|| metadata(REGISTER, "the submission set holds nothing"))
}

/// No uniqueId stands twice in a submission. Versions of one entry share theirs (ITI-57).
fn unique_ids_once(submission: &Submission, transaction: Transaction) -> Vec<Problem> {
    let code = match transaction {
        Transaction::ProvideAndRegister => ErrorCode::XdsRepositoryDuplicateUniqueIdInMessage,
        _ => ErrorCode::XdsRegistryDuplicateUniqueIdInMessage,
    };
    let mut seen = HashSet::from([submission.set.object.unique_id.as_str()]);
    let entries = submission.documents.iter().map(|one| one.object.unique_id.as_str());
    let folders = submission.folders.iter().map(|one| one.object.unique_id.as_str());
    entries
        .chain(folders)
        .filter(|id| !id.is_empty() && !seen.insert(id))
        .map(|id| Problem::new(code, REGISTER, format!("uniqueId {id} stands twice")))
        .collect()
}

/// Every DocumentEntry and Folder is a member of the SubmissionSet.
fn every_object_is_a_member(submission: &Submission) -> Vec<Problem> {
    let set = submission.set.object.entry_uuid;
    let members: HashSet<Uuid> = submission
        .associations
        .iter()
        .filter(|one| one.association_type == AssociationType::HasMember && one.source == set)
        .map(|one| one.target)
        .collect();
    let entries = submission
        .documents
        .iter()
        .map(|one| ("DocumentEntry", one.id.as_str(), one.object.entry_uuid));
    let folders =
        submission.folders.iter().map(|one| ("Folder", one.id.as_str(), one.object.entry_uuid));
    entries
        .chain(folders)
        .filter(|(_, _, uuid)| !members.contains(uuid))
        .map(|(kind, id, _)| {
            metadata(MEMBERS, format!("{kind} {id} has no HasMember from the SubmissionSet"))
        })
        .collect()
}

/// Two objects are joined once in one way: a second association would say nothing new.
fn joined_once(submission: &Submission) -> Vec<Problem> {
    let mut seen = HashSet::new();
    submission
        .associations
        .iter()
        .filter(|one| one.association_type != AssociationType::UpdateAvailabilityStatus)
        .filter(|one| !seen.insert((one.association_type, one.source, one.target)))
        .map(|one| metadata(RELATIONSHIPS, of(one, "another association says the same")))
        .collect()
}

/// A HasMember from the set to a document says Original exactly when it brings the document.
fn member_status(
    association: &Association,
    objects: &Objects,
    transaction: Transaction,
) -> Option<Problem> {
    if association.association_type != AssociationType::HasMember
        || objects.get(association.source) != Some(Kind::Set)
    {
        return None;
    }
    let status = association.submission_set_status();
    let what = match (objects.get(association.target), status) {
        (Some(Kind::Document(_)), Some(SubmissionSetStatus::Original)) => return None,
        (Some(Kind::Document(_)), _) => "SubmissionSetStatus of a new document must be Original",
        (None, Some(SubmissionSetStatus::Original)) => {
            "SubmissionSetStatus is Original, but its target is not in the submission"
        }
        (None, None) => "SubmissionSetStatus is missing",
        _ => return None,
    };
    let mut problem = metadata("ITI TF-3 4.2.2.1.1", of(association, what));
    if transaction.is_update() {
        problem.code = ErrorCode::XdsMetadataUpdateOperationError;
    }
    Some(problem)
}

/// HasMember leads from a set to anything but a set, and from a folder to a document.
fn member_ends(association: &Association, objects: &Objects) -> Option<Problem> {
    if association.association_type != AssociationType::HasMember {
        return None;
    }
    let is_wrong = matches!(
        (objects.get(association.source), objects.get(association.target)),
        (Some(Kind::Document(_) | Kind::Association), _)
            | (_, Some(Kind::Set))
            | (Some(Kind::Folder) | None, Some(Kind::Folder | Kind::Association))
    );
    is_wrong.then(|| {
        metadata(MEMBERS, of(association, "HasMember does not join objects of these kinds"))
    })
}

/// The source of a relationship is a document of the submission.
fn source_is_submitted(
    association: &Association,
    objects: &Objects,
    transaction: Transaction,
) -> Option<Problem> {
    let is_relationship = is_relationship(association.association_type);
    if !is_relationship || transaction.is_update() {
        return None;
    }
    match objects.get(association.source) {
        Some(Kind::Document(_)) => None,
        Some(_) => {
            Some(metadata(RELATIONSHIPS, of(association, "its sourceObject is no DocumentEntry")))
        }
        None => Some(Problem::new(
            ErrorCode::UnresolvedReferenceException,
            REGISTER,
            of(association, "its sourceObject is not in the submission"),
        )),
    }
}

/// What is replaced, or what a snapshot is of, was registered before.
fn target_is_registered(association: &Association, objects: &Objects) -> Option<Problem> {
    let kind = association.association_type;
    let must = matches!(
        kind,
        AssociationType::Replaces
            | AssociationType::TransformsAndReplaces
            | AssociationType::IsSnapshotOf
    );
    (must && objects.get(association.target).is_some()).then(|| {
        Problem::new(
            ErrorCode::UnresolvedReferenceException,
            REGISTER,
            of(association, "its targetObject must be registered before, not be in the submission"),
        )
    })
}

/// IsSnapshotOf leads from a stable document to an on-demand one.
fn snapshot_ends(association: &Association, objects: &Objects) -> Option<Problem> {
    let is_wrong = association.association_type == AssociationType::IsSnapshotOf
        && objects.get(association.source) == Some(Kind::Document(DocumentKind::OnDemand));
    is_wrong
        .then(|| metadata("ITI TF-3 4.2.2.2.6", of(association, "a snapshot is a stable document")))
}

/// No object is related to itself.
fn no_object_is_its_own_target(association: &Association) -> Option<Problem> {
    (association.source == association.target)
        .then(|| metadata(RELATIONSHIPS, of(association, "both its ends are one object")))
}

/// Operations of ITI-57 belong into ITI-57.
fn no_update_operation(association: &Association) -> Option<Problem> {
    let is_operation = matches!(
        association.association_type,
        AssociationType::UpdateAvailabilityStatus
            | AssociationType::SubmitAssociation
            | AssociationType::NonVersioningUpdate
    );
    is_operation.then(|| {
        metadata("ITI TF-2 3.57.4.1.2", of(association, "its type belongs to Update Document Set"))
    })
}

fn is_relationship(kind: AssociationType) -> bool {
    matches!(
        kind,
        AssociationType::Replaces
            | AssociationType::Appends
            | AssociationType::Transforms
            | AssociationType::TransformsAndReplaces
            | AssociationType::Signs
            | AssociationType::IsSnapshotOf
    )
}

fn of(association: &Association, what: &str) -> String {
    format!(
        "{} from {} to {}: {what}",
        association.association_type.name(),
        association.source.urn(),
        association.target.urn()
    )
}

fn metadata(section: &'static str, context: impl Into<String>) -> Problem {
    Problem::new(ErrorCode::XdsRegistryMetadataError, section, context)
}
