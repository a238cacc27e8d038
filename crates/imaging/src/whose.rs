//! Whose an instance is: the identity of its Patient ID in the domain of its source, if that one
//! takes part. Nothing else of an object says who its patient is.

use crate::error::ImagingError;
use ports::InstanceError;
use store::document::patient;
use store::source::{self, SourceRow};
use store::{Tx, domain};

/// What an object says of its patient, and what was asked for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Claim {
    /// Name of the source.
    pub source: String,
    /// Patient ID as read.
    pub patient_id: String,
    /// Assigning authority that the object names.
    pub issuer_oid: Option<String>,
    /// The patient whom a pull asked for.
    pub asked_patient: Option<String>,
}

/// The identity of an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Owner {
    /// Row of the identity.
    pub identity_id: i64,
    /// Row of the source.
    pub source_id: i64,
}

/// Looks, without a lock, whether an instance would be taken: nothing is written of one that
/// would not.
pub(crate) fn may_take(tx: &mut Tx, claim: &Claim) -> Result<(), ImagingError> {
    let (source, number) = number(tx, claim)?;
    if source::is_enrolled(tx, source.domain.id, &number)? {
        return Ok(());
    }
    Err(InstanceError::NotEnrolled.into())
}

/// The owner, whose person stays locked until the transaction ends.
pub(crate) fn owner(tx: &mut Tx, claim: &Claim) -> Result<Owner, ImagingError> {
    let (source, number) = number(tx, claim)?;
    let found = patient::lock(tx, &source.domain.oid, &number, &source.name)?;
    match found.filter(|patient| patient.enrolled) {
        Some(patient) => Ok(Owner { identity_id: patient.identity_id, source_id: source.id }),
        None => Err(InstanceError::NotEnrolled.into()),
    }
}

/// The source, and the number by which its domain knows the patient.
fn number(tx: &mut Tx, claim: &Claim) -> Result<(SourceRow, String), ImagingError> {
    let source = source::source_by_name(tx, &claim.source)?;
    let source = source.ok_or_else(|| InstanceError::NoSuchSource(claim.source.clone()))?;
    let oid = source.domain.oid.as_str();
    // A copy of another hospital's study may keep that one's number, which is somebody else's here;
    // where the server gave it for a number that it was asked for, the number is its own.
    let is_foreign = claim.issuer_oid.as_deref().is_some_and(|issuer| issuer != oid);
    if claim.patient_id.is_empty() || (is_foreign && claim.asked_patient.is_none()) {
        return Err(InstanceError::NotEnrolled.into());
    }
    let Ok(number) = domain::read_number(tx, oid, &claim.patient_id)? else {
        return Err(InstanceError::NotEnrolled.into());
    };
    if let Some(asked) = &claim.asked_patient {
        let asked = domain::read_number(tx, oid, asked)?.unwrap_or_else(|_| asked.clone());
        if asked != number {
            return Err(InstanceError::OtherPatient.into());
        }
    }
    Ok((source, number))
}
