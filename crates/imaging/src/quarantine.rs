//! Instances that have no place, and those of another patient than was asked for.

use crate::error::ImagingError;
use crate::examine::Unfit;
use crate::whose::{self, Claim};
use model::Timestamp;
use model::reason::Reason;
use ports::{InstanceError, InstanceOrigin};
use store::intake::{self, NewQuarantine};
use store::{ObjectKey, Store, Tx, source};

/// Puts what cannot be read into quarantine; whether its object is kept. It is where the patient
/// takes part: whom a pull asked for, or whom the part of the header names that could be read.
pub(crate) async fn unreadable(
    store: &Store,
    origin: &InstanceOrigin,
    unfit: &Unfit,
    object: ObjectKey,
    now: Timestamp,
) -> Result<bool, ImagingError> {
    let (origin, unfit) = (origin.clone(), unfit.clone());
    let kept = store.write(move |tx| -> Result<bool, ImagingError> {
        let source_id = source_id(tx, &origin.source)?;
        let patient_id = match unfit.patient_id.as_str() {
            "" => origin.asked_patient.clone().unwrap_or_default(),
            said => said.to_owned(),
        };
        let claim = Claim {
            source: origin.source.clone(),
            patient_id: patient_id.clone(),
            issuer_oid: None,
            asked_patient: None,
        };
        let is_enrolled = match whose::may_take(tx, &claim) {
            Ok(()) => true,
            Err(ImagingError::Refused(_)) => false,
            Err(error) => return Err(error),
        };
        let place = format!("dicom/{}", hexadecimal(&object.sha256)).into_bytes();
        let item = NewQuarantine {
            place: place.clone(),
            patient_id: if is_enrolled { patient_id } else { String::new() },
            reason: unfit.reason.code().to_owned(),
            detail: unfit.detail.clone(),
            size: i64::try_from(object.size).unwrap_or(i64::MAX),
            sha256: Some(object.sha256.to_vec()),
            modified_us: 0,
            bytes: None,
        };
        intake::put_quarantine(tx, source_id, &item, now.0)?;
        if is_enrolled {
            intake::keep_quarantined_object(tx, source_id, &place)?;
        }
        Ok(is_enrolled)
    });
    kept.await
}

/// Leaves a line about an image of another patient than the one who was asked for: who asks again
/// must see that something is wrong. Nothing of the image is kept.
pub(crate) async fn other_patient(
    store: &Store,
    claim: &Claim,
    now: Timestamp,
) -> Result<(), ImagingError> {
    let claim = claim.clone();
    let written = store.write(move |tx| -> Result<(), ImagingError> {
        let source_id = source_id(tx, &claim.source)?;
        let asked = claim.asked_patient.clone().unwrap_or_default();
        let item = NewQuarantine {
            place: format!("dicom/other-patient/{asked}").into_bytes(),
            patient_id: asked,
            reason: Reason::PatientMismatch.code().to_owned(),
            detail: "the server answered a question about one patient with another one's image"
                .to_owned(),
            size: 0,
            sha256: None,
            modified_us: 0,
            bytes: None,
        };
        Ok(intake::put_quarantine(tx, source_id, &item, now.0)?)
    });
    written.await
}

fn source_id(tx: &mut Tx, name: &str) -> Result<i64, ImagingError> {
    let found = source::source_by_name(tx, name)?;
    Ok(found.ok_or_else(|| InstanceError::NoSuchSource(name.to_owned()))?.id)
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
