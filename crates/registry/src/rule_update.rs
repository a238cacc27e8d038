//! The rules of an update of metadata that need what is registered. Each is one function that
//! names its error code and its section.

use crate::error::{ErrorCode, Problem};
use model::document::{Association, Availability, DocumentAvailability, DocumentEntry};
use store::document::{EndKind, EntryRow, Patient};
use uuid::Uuid;

const UPDATE: &str = "ITI TF-2 3.57.4.1.3";
const RESTRICTED: &str = "ITI TF-2 3.92.4.1.3";

/// The entry that an update follows is registered. Without it no version fits (NIST plans
/// 15800b, 40000b).
pub fn entry_is_known<T>(latest: Option<T>, logical: Uuid) -> Result<T, Problem> {
    latest.ok_or_else(|| {
        let context = format!("no registered DocumentEntry has logicalID {}", logical.urn());
        Problem::new(ErrorCode::XdsMetadataVersionError, UPDATE, context)
    })
}

/// The folder that an update follows is registered.
pub fn folder_is_known<T>(latest: Option<T>, logical: Uuid) -> Result<T, Problem> {
    latest.ok_or_else(|| {
        let context = format!("no registered Folder has logicalID {}", logical.urn());
        Problem::new(ErrorCode::XdsMetadataUpdateError, UPDATE, context)
    })
}

/// A version follows the last one.
pub fn version_follows(latest: u32, previous: u32, logical: Uuid) -> Result<(), Problem> {
    if latest == previous {
        return Ok(());
    }
    let context = format!(
        "{} is at version {latest}, PreviousVersion says {previous}; read it again",
        logical.urn()
    );
    Err(Problem::new(ErrorCode::XdsMetadataVersionError, UPDATE, context))
}

/// The version that is followed is Approved. A restricted update may follow a deprecated one;
/// the new version is deprecated then too.
pub fn latest_is_approved(
    availability: Availability,
    restricted: bool,
    logical: Uuid,
) -> Result<(), Problem> {
    if restricted || availability != Availability::Deprecated {
        return Ok(());
    }
    let context = format!("{} is deprecated", logical.urn());
    Err(Problem::new(ErrorCode::XdsMetadataUpdateError, UPDATE, context))
}

/// An update stays with the patient.
pub fn patient_stays(owner: &Patient, person_id: i64, what: Uuid) -> Result<(), Problem> {
    if owner.person_id == person_id {
        return Ok(());
    }
    let context = format!("{} belongs to another patient", what.urn());
    Err(Problem::new(ErrorCode::XdsPatientIdReconciliationError, UPDATE, context))
}

/// The identity of an entry stays: its uniqueId.
pub fn unique_id_stays(
    latest: &DocumentEntry,
    new: &DocumentEntry,
    restricted: bool,
) -> Result<(), Problem> {
    let (code, section) = match restricted {
        true => (ErrorCode::XdsMetadataIdentifierError, RESTRICTED),
        false => (ErrorCode::XdsMetadataUpdateError, UPDATE),
    };
    stays("uniqueId", latest.unique_id == new.unique_id, latest, code, section)
}

/// A stable document stays one, an on-demand document too.
pub fn object_type_stays(
    latest: &DocumentEntry,
    new: &DocumentEntry,
    restricted: bool,
) -> Result<(), Problem> {
    let (code, section) = unchangeable(restricted);
    stays("objectType", latest.kind == new.kind, latest, code, section)
}

/// Of a document whose bytes are here, the bytes say hash and size, and this repository is where
/// they are. Of others the update may say so (NIST plans 15801, 40001: hash, size).
pub fn bytes_stay(latest: &DocumentEntry, new: &DocumentEntry, restricted: bool) -> Vec<Problem> {
    let (code, section) = unchangeable(restricted);
    let says = !new.hash.is_empty();
    let kept = [
        ("repositoryUniqueId", latest.repository_oid == new.repository_oid),
        ("hash", !says || latest.hash.eq_ignore_ascii_case(&new.hash)),
        ("size", !says || latest.size == new.size),
    ];
    let problems = kept
        .into_iter()
        .filter_map(|(name, is_same)| stays(name, is_same, latest, code, section).err());
    problems.collect()
}

/// What a restricted update may not touch (NIST plans 40001b).
pub fn restricted_stays(latest: &DocumentEntry, new: &DocumentEntry) -> Vec<Problem> {
    let online =
        |entry: &DocumentEntry| entry.document_availability != Some(DocumentAvailability::Offline);
    let kept = [
        ("repositoryUniqueId", latest.repository_oid == new.repository_oid),
        ("sourcePatientId", latest.source_patient_id == new.source_patient_id),
        ("documentAvailability", online(latest) == online(new)),
        ("homeCommunityId", latest.home_community_id == new.home_community_id),
    ];
    let (code, section) = unchangeable(true);
    let problems = kept
        .into_iter()
        .filter_map(|(name, is_same)| stays(name, is_same, latest, code, section).err());
    problems.collect()
}

/// An availabilityStatus that a restricted update names is the one that is (NIST plan 40001b).
pub fn status_stays(sent: Option<Availability>, latest: &EntryRow) -> Result<(), Problem> {
    let (code, section) = unchangeable(true);
    let is_same = sent.is_none_or(|sent| sent == latest.availability);
    stays("availabilityStatus", is_same, &latest.entry, code, section)
}

fn unchangeable(restricted: bool) -> (ErrorCode, &'static str) {
    match restricted {
        true => (ErrorCode::UnmodifiableMetadataError, RESTRICTED),
        false => (ErrorCode::XdsMetadataUpdateError, UPDATE),
    }
}

fn stays(
    name: &str,
    is_same: bool,
    latest: &DocumentEntry,
    code: ErrorCode,
    section: &'static str,
) -> Result<(), Problem> {
    if is_same {
        return Ok(());
    }
    let context = format!("{name} of {} cannot change", latest.logical().urn());
    Err(Problem::new(code, section, context))
}

/// A folder keeps its uniqueId.
pub fn same_unique_id(latest: &str, new: &str) -> Result<(), Problem> {
    if latest == new {
        return Ok(());
    }
    let context = format!("uniqueId {latest} of a folder cannot change to {new}");
    Err(Problem::new(ErrorCode::XdsMetadataUpdateError, UPDATE, context))
}

/// A restricted update holds new versions of documents, nothing else.
pub fn documents_only() -> Problem {
    let context = "a restricted update changes DocumentEntries only";
    Problem::new(ErrorCode::XdsMetadataUpdateError, RESTRICTED, context)
}

/// availabilityStatus is not for a restricted update to change.
pub fn no_status_in_restricted(target: Uuid) -> Problem {
    let context = format!("{}: a restricted update changes no status", target.urn());
    Problem::new(ErrorCode::UnmodifiableMetadataError, RESTRICTED, context)
}

/// Only the last version of an object has a status that may change (NIST plan 15802b).
pub fn target_is_latest(latest: Option<Uuid>, target: Uuid) -> Result<(), Problem> {
    if latest.is_none_or(|latest| latest == target) {
        return Ok(());
    }
    let context = format!("{} is not the most recent version", target.urn());
    Err(Problem::new(ErrorCode::XdsMetadataUpdateError, UPDATE, context))
}

/// That a set brought something stays so: only associations of folders and between documents
/// have a status that may change (3.57.4.1.3.3.5).
pub fn is_not_of_a_set(source: EndKind, target: Uuid) -> Result<(), Problem> {
    if source != EndKind::SubmissionSet {
        return Ok(());
    }
    let context = format!("{} joins a SubmissionSet: its status cannot change", target.urn());
    Err(Problem::new(ErrorCode::XdsMetadataUpdateError, UPDATE, context))
}

/// Two objects are joined in one way once.
pub fn not_joined_yet(is_joined: bool, new: &Association) -> Result<(), Problem> {
    if !is_joined {
        return Ok(());
    }
    let context = format!(
        "{} from {} to {} is there already",
        new.association_type.name(),
        new.source.urn(),
        new.target.urn()
    );
    Err(Problem::new(ErrorCode::XdsMetadataUpdateError, UPDATE, context))
}

/// A change of status says what the status is now.
pub fn status_is(now: Availability, original: Availability, target: Uuid) -> Result<(), Problem> {
    if now == original {
        return Ok(());
    }
    let context = format!("{}: its status is not the OriginalStatus", target.urn());
    Err(Problem::new(ErrorCode::XdsMetadataUpdateError, UPDATE, context))
}

/// Which of a storage's documents are valid, their storage says.
pub fn storage_decides(is_of_storage: bool, target: Uuid) -> Result<(), Problem> {
    if !is_of_storage {
        return Ok(());
    }
    let context =
        format!("{} was brought by a storage, which says what is valid of it", target.urn());
    Err(Problem::new(ErrorCode::XdsMetadataUpdateError, UPDATE, context))
}

/// Submission sets have no other status.
pub fn no_status(target: Uuid) -> Problem {
    let context = format!("{}: the status of this object cannot change", target.urn());
    Problem::new(ErrorCode::XdsMetadataUpdateError, UPDATE, context)
}

/// The target of a change of status is registered.
pub fn target_is_unknown(target: Uuid) -> Problem {
    let context = format!("{} is not registered", target.urn());
    Problem::new(ErrorCode::UnresolvedReferenceException, UPDATE, context)
}
