//! The rules of a submission that need what is already registered. Each is one function over
//! plain values that names its error code and its section.

use crate::error::{ErrorCode, Violation};
use model::document::{Association, AssociationType, Availability, DocumentEntry, SubmissionSet};
use model::hl7::PatientId;
use store::document::{KnownDocument, Patient};
use uuid::Uuid;

const REGISTER: &str = "ITI TF-2 3.42.4.1.3";
const RELATIONSHIPS: &str = "ITI TF-3 4.2.2";

/// The patient is enrolled, under an ID of a domain that the centre knows.
pub fn patient_is_known(patient: Option<Patient>, named: &PatientId) -> Result<Patient, Violation> {
    patient.filter(|patient| patient.enrolled).ok_or_else(|| Violation {
        code: ErrorCode::XdsUnknownPatientId,
        section: REGISTER,
        context: format!(
            "{}^^^&{}&ISO is not enrolled; enrol the patient first",
            named.id, named.authority.oid
        ),
    })
}

/// All objects of a submission are one person's, after links and merges.
pub fn patient_is_the_same(first: &Patient, person_id: i64, what: &str) -> Result<(), Violation> {
    if first.person_id == person_id {
        return Ok(());
    }
    Err(Violation {
        code: ErrorCode::XdsPatientIdDoesNotMatch,
        section: REGISTER,
        context: format!("{what} belongs to another patient than the rest of the submission"),
    })
}

/// A submission names a patient: by its documents, or by the registered objects that it joins.
pub fn patient_is_named(set: &SubmissionSet) -> Violation {
    Violation {
        code: ErrorCode::XdsUnknownPatientId,
        section: REGISTER,
        context: format!("SubmissionSet {} names no patient", set.unique_id),
    }
}

/// An intake document comes from a source that is set up, under an ID of that source's domain.
pub fn source_is_of_the_domain(patient: &Patient, entry: &DocumentEntry) -> Result<(), Violation> {
    let Some(intake) = &entry.intake else { return Ok(()) };
    let context = match (patient.source_id, patient.source_domain_id) {
        (Some(_), Some(domain)) if domain == patient.domain_id => return Ok(()),
        (Some(_), _) => format!(
            "source {:?} does not number patients in domain {}",
            intake.source, entry.source_patient_id.authority.oid
        ),
        (None, _) => format!("no source is named {:?}; add it first", intake.source),
    };
    Err(Violation { code: ErrorCode::XdsRegistryMetadataError, section: REGISTER, context })
}

/// A document whose uniqueId is known has the known size and hash.
pub fn bytes_are_identical(
    known: &KnownDocument,
    entry: &DocumentEntry,
    sha256: &[u8; 32],
) -> Result<(), Violation> {
    let code = if known.size != entry.size {
        ErrorCode::XdsNonIdenticalSize
    } else if known.sha256 != sha256 {
        ErrorCode::XdsNonIdenticalHash
    } else {
        return Ok(());
    };
    Err(Violation {
        code,
        section: REGISTER,
        context: format!("uniqueId {} is registered with other bytes", entry.unique_id),
    })
}

/// A document that is registered belongs to the identity under which it is sent again.
pub fn known_patient_is_the_same(
    known: &KnownDocument,
    patient: &Patient,
    entry: &DocumentEntry,
) -> Result<(), Violation> {
    if known.identity_id == patient.identity_id {
        return Ok(());
    }
    Err(Violation {
        code: ErrorCode::XdsPatientIdDoesNotMatch,
        section: REGISTER,
        context: format!("uniqueId {} is registered for another patient", entry.unique_id),
    })
}

/// The uniqueId of a new submission set or folder is used by no other.
pub fn unique_id_is_new(object: &str, unique_id: &str, is_new: bool) -> Result<(), Violation> {
    if is_new {
        return Ok(());
    }
    Err(Violation {
        code: ErrorCode::XdsDuplicateUniqueIdInRegistry,
        section: REGISTER,
        context: format!("{object} uniqueId {unique_id} is already registered"),
    })
}

/// An entryUUID that is registered is never given to another object.
pub fn uuid_is_new(object: &str, uuid: Uuid, is_new: bool) -> Result<(), Violation> {
    if is_new {
        return Ok(());
    }
    Err(Violation {
        code: ErrorCode::XdsRegistryMetadataError,
        section: REGISTER,
        context: format!("entryUUID {uuid} of a new {object} is already registered"),
    })
}

/// Both ends of an association are in the registry or in the submission.
pub fn end_is_resolved<T>(
    end: Option<T>,
    uuid: Uuid,
    association: &Association,
) -> Result<T, Violation> {
    end.ok_or_else(|| Violation {
        code: ErrorCode::UnresolvedReferenceException,
        section: RELATIONSHIPS,
        context: format!(
            "{} {}: {uuid} is neither registered nor submitted",
            association.association_type.name(),
            association.entry_uuid
        ),
    })
}

/// The source of a relationship is part of the submission; the source of a folder's HasMember
/// may be a registered folder.
pub fn source_is_submitted(submitted: bool, association: &Association) -> Result<(), Violation> {
    if submitted || association.association_type == AssociationType::HasMember {
        return Ok(());
    }
    Err(Violation {
        code: ErrorCode::UnresolvedReferenceException,
        section: RELATIONSHIPS,
        context: format!(
            "{}: its sourceObject {} is not in the submission",
            association.association_type.name(),
            association.source
        ),
    })
}

/// The target of a replacement is in the registry, not in the same submission.
pub fn replaced_is_registered(submitted: bool, association: &Association) -> Result<(), Violation> {
    let replaces = matches!(
        association.association_type,
        AssociationType::Replaces
            | AssociationType::TransformsAndReplaces
            | AssociationType::IsSnapshotOf
    );
    if !(submitted && replaces) {
        return Ok(());
    }
    Err(Violation {
        code: ErrorCode::UnresolvedReferenceException,
        section: RELATIONSHIPS,
        context: format!(
            "{}: its targetObject {} must be registered before",
            association.association_type.name(),
            association.target
        ),
    })
}

/// What an association names is Approved.
pub fn end_is_approved(availability: Availability, uuid: Uuid) -> Result<(), Violation> {
    match availability {
        Availability::Approved => Ok(()),
        Availability::Deprecated => Err(Violation {
            code: ErrorCode::XdsRegistryDeprecatedDocumentError,
            section: RELATIONSHIPS,
            context: format!("{uuid} is deprecated"),
        }),
    }
}

/// A relationship joins two documents; HasMember joins a folder with a document.
pub fn ends_fit(fits: bool, association: &Association) -> Result<(), Violation> {
    if fits {
        return Ok(());
    }
    Err(Violation {
        code: ErrorCode::XdsRegistryMetadataError,
        section: RELATIONSHIPS,
        context: format!(
            "{} {} joins kinds of objects that it cannot join",
            association.association_type.name(),
            association.entry_uuid
        ),
    })
}
