//! The rules of an update of metadata that need what is registered. Each is one function that
//! names its error code and its section.

use crate::error::{ErrorCode, Problem};
use model::document::{Availability, DocumentEntry};
use store::document::Patient;
use uuid::Uuid;

const UPDATE: &str = "ITI TF-2 3.57.4.1.3";
const RESTRICTED: &str = "ITI TF-2 3.92.4.1.3";

/// A logicalID names what is registered.
pub fn logical_id_is_known<T>(latest: Option<T>, logical: Uuid) -> Result<T, Problem> {
    latest.ok_or_else(|| {
        let context = format!("no registered object has logicalID {}", logical.urn());
        Problem::new(ErrorCode::XdsMetadataIdentifierError, UPDATE, context)
    })
}

/// A version follows the last one, which is Approved.
pub fn version_follows(
    latest: u32,
    previous: u32,
    availability: Availability,
    logical: Uuid,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    if latest != previous {
        let context = format!(
            "{} is at version {latest}, PreviousVersion says {previous}; read it again",
            logical.urn()
        );
        problems.push(Problem::new(ErrorCode::XdsMetadataVersionError, UPDATE, context));
    }
    if availability == Availability::Deprecated {
        let context = format!("{} is deprecated", logical.urn());
        problems.push(Problem::new(ErrorCode::XdsMetadataUpdateError, UPDATE, context));
    }
    problems
}

/// An update stays with the patient.
pub fn patient_stays(owner: &Patient, person_id: i64, what: Uuid) -> Result<(), Problem> {
    if owner.person_id == person_id {
        return Ok(());
    }
    let context = format!("{} belongs to another patient", what.urn());
    Err(Problem::new(ErrorCode::XdsPatientIdReconciliationError, UPDATE, context))
}

/// What belongs to the bytes stays: uniqueId, hash, size, repositoryUniqueId, objectType; for a
/// restricted update (ITI-92) also mimeType, creationTime, URI.
pub fn unchanged(latest: &DocumentEntry, new: &DocumentEntry, restricted: bool) -> Vec<Problem> {
    let same_hash = new.hash.is_empty() || latest.hash.eq_ignore_ascii_case(&new.hash);
    let same_size = new.hash.is_empty() || latest.size == new.size;
    let mut changed = vec![
        ("uniqueId", latest.unique_id != new.unique_id),
        ("repositoryUniqueId", latest.repository_oid != new.repository_oid),
        ("hash", !same_hash),
        ("size", !same_size),
    ];
    if restricted {
        changed.extend([
            ("mimeType", latest.mime_type != new.mime_type),
            ("creationTime", latest.creation_time.digits != new.creation_time.digits),
            ("URI", latest.uri != new.uri),
            ("homeCommunityId", latest.home_community_id != new.home_community_id),
        ]);
    }
    let (code, section) = match restricted {
        true => (ErrorCode::UnmodifiableMetadataError, RESTRICTED),
        false => (ErrorCode::XdsMetadataUpdateError, UPDATE),
    };
    let mut problems: Vec<Problem> = changed
        .into_iter()
        .filter(|(_, is_changed)| *is_changed)
        .map(|(name, _)| {
            let context = format!("{name} of {} cannot change", latest.logical().urn());
            Problem::new(code, section, context)
        })
        .collect();
    if latest.kind != new.kind {
        let context = format!("objectType of {} cannot change", latest.logical().urn());
        let code = if restricted { code } else { ErrorCode::XdsObjectTypeError };
        problems.push(Problem::new(code, section, context));
    }
    problems
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
    Problem::new(ErrorCode::XdsMetadataUpdateOperationError, RESTRICTED, context)
}

/// A change of status says what the status is now.
pub fn status_is(now: Availability, original: Availability, target: Uuid) -> Result<(), Problem> {
    if now == original {
        return Ok(());
    }
    let context = format!("{}: its status is not the OriginalStatus", target.urn());
    Err(Problem::new(ErrorCode::XdsMetadataUpdateError, UPDATE, context))
}

/// Which version of a storage's item is valid, its storage says.
pub fn storage_decides(item_id: Option<i64>, target: Uuid) -> Result<(), Problem> {
    if item_id.is_none() {
        return Ok(());
    }
    let context = format!("{} is a version of a storage's item: its storage says so", target.urn());
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
