//! The rules of a submission that need what is already registered. Each is one function over
//! plain values that names its error code and its section.

use crate::error::{ErrorCode, Problem};
use crate::prepare::PreparedDocument;
use model::document::{
    Association, AssociationType, Availability, DocumentEntry, IntakeOrigin, SubmissionSet,
};
use model::hl7::PatientId;
use store::document::row::SameUniqueId;
use store::document::{KnownDocument, Patient};
use uuid::Uuid;

const REGISTER: &str = "ITI TF-2 3.42.4.1.3";
const RELATIONSHIPS: &str = "ITI TF-3 4.2.2";

/// The patient is enrolled, under an ID of a domain that the centre knows.
pub fn patient_is_known(patient: Option<Patient>, named: &PatientId) -> Result<Patient, Problem> {
    patient.filter(|patient| patient.enrolled).ok_or_else(|| {
        Problem::new(
            ErrorCode::XdsUnknownPatientId,
            REGISTER,
            format!(
                "{}^^^&{}&ISO is not enrolled; enrol the patient first",
                named.id, named.authority.oid
            ),
        )
    })
}

/// A patientId is of the affinity domain, known from the identity feed and of somebody who takes
/// part. The context carries the value.
pub fn patient_id_is_known(named: &PatientId) -> Problem {
    let context = format!("{} is not a known patient", ebrim::notation::cx(named));
    Problem::new(ErrorCode::XdsUnknownPatientId, REGISTER, context)
}

/// All objects of a submission are one person's, after links and merges.
pub fn patient_is_the_same(first: &Patient, person_id: i64, what: &str) -> Result<(), Problem> {
    if first.person_id == person_id {
        return Ok(());
    }
    Err(Problem::new(
        ErrorCode::XdsPatientIdDoesNotMatch,
        REGISTER,
        format!("{what} belongs to another patient than the rest of the submission"),
    ))
}

/// A submission names a patient: by its documents, or by the registered objects that it joins.
pub fn patient_is_named(set: &SubmissionSet) -> Problem {
    Problem::new(
        ErrorCode::XdsUnknownPatientId,
        REGISTER,
        format!("SubmissionSet {} names no patient", set.unique_id),
    )
}

/// An intake document comes from a source that is set up, under an ID of that source's domain.
pub fn source_is_of_the_domain(patient: &Patient, entry: &DocumentEntry) -> Result<(), Problem> {
    let Some(intake) = &entry.intake else { return Ok(()) };
    let context = match (patient.source_id, patient.source_domain_id) {
        (Some(_), Some(domain)) if domain == patient.domain_id => return Ok(()),
        (Some(_), _) => format!(
            "source {:?} does not number patients in domain {}",
            intake.source, entry.source_patient_id.authority.oid
        ),
        (None, _) => return Err(source_is_known(intake)),
    };
    Err(Problem::new(ErrorCode::XdsRegistryMetadataError, REGISTER, context))
}

/// An intake document comes from a source that is set up.
pub fn source_is_known(intake: &IntakeOrigin) -> Problem {
    let context = format!("no source is named {:?}; add it first", intake.source);
    Problem::new(ErrorCode::XdsRegistryMetadataError, REGISTER, context)
}

/// Every document of an intake submission names its patient in the domain of one of its sources.
pub fn domain_is_of_a_source(entry: &DocumentEntry) -> Problem {
    let context = format!(
        "DocumentEntry {}: no source of this submission numbers patients in domain {}",
        entry.unique_id, entry.source_patient_id.authority.oid
    );
    Problem::new(ErrorCode::XdsRegistryMetadataError, REGISTER, context)
}

/// What a gateway repeats is what its own facility brought.
pub fn document_is_own(entry: &DocumentEntry) -> Problem {
    let context = format!("uniqueId {} is registered for another source", entry.unique_id);
    Problem::new(ErrorCode::XdsRegistryMetadataError, REGISTER, context)
}

/// A uniqueId has one content: whatever else is registered under it, apart from the entry of
/// `own` logicalID, has the same bytes, and a document whose bytes are made on demand shares its
/// uniqueId with none. Bytes that were here are compared by their SHA-256; else size and hash are,
/// and where one of them says no hash, nothing proves that they are the same.
pub(crate) fn one_unique_id_has_one_content(
    new: &PreparedDocument,
    registered: &[SameUniqueId],
    own: Option<Uuid>,
) -> Result<(), Problem> {
    let entry = &new.entry;
    for other in registered.iter().filter(|other| Some(other.logical) != own) {
        if other.is_on_demand || !entry.kind.is_stable() {
            let context = format!("uniqueId {} is registered already", entry.unique_id);
            let code = ErrorCode::XdsDuplicateUniqueIdInRegistry;
            return Err(Problem::new(code, REGISTER, context));
        }
        let by_bytes = new.held && !other.sha256.is_empty();
        let hashes_equal = match by_bytes {
            true => other.sha256 == new.sha256,
            false => !other.hash.is_empty() && other.hash.eq_ignore_ascii_case(&entry.hash),
        };
        let code = if other.size != entry.size && (by_bytes || hashes_equal) {
            ErrorCode::XdsNonIdenticalSize
        } else if !hashes_equal {
            ErrorCode::XdsNonIdenticalHash
        } else {
            continue;
        };
        let context = format!("uniqueId {} is registered with other bytes", entry.unique_id);
        return Err(Problem::new(code, REGISTER, context));
    }
    Ok(())
}

/// A snapshot is of an on-demand document.
pub fn snapshot_is_of_on_demand(
    is_on_demand: bool,
    association: &Association,
) -> Result<(), Problem> {
    if is_on_demand || association.association_type != AssociationType::IsSnapshotOf {
        return Ok(());
    }
    let context = format!("IsSnapshotOf: {} is no On-Demand entry", association.target.urn());
    Err(Problem::new(ErrorCode::XdsRegistryMetadataError, RELATIONSHIPS, context))
}

/// A document of intake whose uniqueId is known has the known size and bytes.
pub fn bytes_are_identical(
    known: &KnownDocument,
    entry: &DocumentEntry,
    sha256: &[u8; 32],
) -> Result<(), Problem> {
    let code = if known.size != entry.size {
        ErrorCode::XdsNonIdenticalSize
    } else if known.sha256 != sha256 {
        ErrorCode::XdsNonIdenticalHash
    } else {
        return Ok(());
    };
    Err(Problem::new(
        code,
        REGISTER,
        format!("uniqueId {} is registered with other bytes", entry.unique_id),
    ))
}

/// A document that is registered belongs to the identity under which it is sent again.
pub fn known_patient_is_the_same(
    known: &KnownDocument,
    patient: &Patient,
    entry: &DocumentEntry,
) -> Result<(), Problem> {
    if known.identity_id == patient.identity_id {
        return Ok(());
    }
    Err(Problem::new(
        ErrorCode::XdsPatientIdDoesNotMatch,
        REGISTER,
        format!("uniqueId {} is registered for another patient", entry.unique_id),
    ))
}

/// The uniqueId of a new submission set or folder is used by no other.
pub fn unique_id_is_new(object: &str, unique_id: &str, is_new: bool) -> Result<(), Problem> {
    if is_new {
        return Ok(());
    }
    Err(Problem::new(
        ErrorCode::XdsDuplicateUniqueIdInRegistry,
        REGISTER,
        format!("{object} uniqueId {unique_id} is already registered"),
    ))
}

/// An entryUUID that is registered is never given to another object.
pub fn uuid_is_new(object: &str, uuid: Uuid, is_new: bool) -> Result<(), Problem> {
    if is_new {
        return Ok(());
    }
    Err(Problem::new(
        ErrorCode::XdsRegistryMetadataError,
        REGISTER,
        format!("entryUUID {uuid} of a new {object} is already registered"),
    ))
}

/// Both ends of an association are in the registry or in the submission.
pub fn end_is_resolved<T>(
    end: Option<T>,
    uuid: Uuid,
    association: &Association,
) -> Result<T, Problem> {
    end.ok_or_else(|| {
        Problem::new(
            ErrorCode::UnresolvedReferenceException,
            RELATIONSHIPS,
            format!(
                "{} {}: {uuid} is neither registered nor submitted",
                association.association_type.name(),
                association.entry_uuid
            ),
        )
    })
}

/// What an association names is Approved.
pub fn end_is_approved(availability: Availability, uuid: Uuid) -> Result<(), Problem> {
    match availability {
        Availability::Approved => Ok(()),
        Availability::Deprecated => Err(Problem::new(
            ErrorCode::XdsRegistryDeprecatedDocumentError,
            RELATIONSHIPS,
            format!("{uuid} is deprecated"),
        )),
    }
}

/// A relationship joins two documents; HasMember joins a folder with a document.
pub fn ends_fit(fits: bool, association: &Association) -> Result<(), Problem> {
    if fits {
        return Ok(());
    }
    Err(Problem::new(
        ErrorCode::XdsRegistryMetadataError,
        RELATIONSHIPS,
        format!(
            "{} {} joins kinds of objects that it cannot join",
            association.association_type.name(),
            association.entry_uuid
        ),
    ))
}
