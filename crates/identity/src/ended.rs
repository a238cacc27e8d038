//! What a person has ended stays ended until somebody asks for it anew: a list or a standing
//! configuration is nobody's wish.

use crate::enrol::{EnrolRequest, find_person};
use crate::error::IdentityError;
use model::Timestamp;
use store::consent::Consent;
use store::{Tx, consent, person, source};

/// The viewing facilities of an enrolment, by what the person has said of them before.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Viewers {
    /// Codes of those to which nothing was ended.
    pub open: Vec<String>,
    /// Codes of those to which the person ended its consent and gave no other since.
    pub ended: Vec<String>,
}

/// Whether a patient was enrolled once and has withdrawn.
pub fn has_withdrawn(tx: &mut Tx, domain_oid: &str, local_id: &str) -> Result<bool, IdentityError> {
    let known = person::identity_by_local_id(tx, domain_oid, local_id)?;
    Ok(known.is_some_and(|identity| {
        let is_suspended = identity.suspended_at.is_some();
        !identity.enrolled && !is_suspended && identity.enrolled_at.is_some()
    }))
}

/// Whether a patient's enrolment is suspended.
pub fn is_suspended(tx: &mut Tx, domain_oid: &str, local_id: &str) -> Result<bool, IdentityError> {
    let known = person::identity_by_local_id(tx, domain_oid, local_id)?;
    Ok(known.is_some_and(|identity| identity.suspended_at.is_some()))
}

/// Parts the viewers of a request; of somebody who is not known yet none is ended.
///
/// # Errors
/// The person that the request names, or a facility, is not known.
pub fn part_viewers(tx: &mut Tx, request: &EnrolRequest) -> Result<Viewers, IdentityError> {
    let known = person::identity_by_local_id(tx, &request.domain_oid, &request.local_id)?;
    let person_id = match (known, &request.same_as) {
        (Some(identity), _) => identity.person_id,
        (None, Some(same_as)) => find_person(tx, same_as)?.id,
        (None, None) => {
            return Ok(Viewers { open: request.viewers.clone(), ended: Vec::new() });
        }
    };
    let mut viewers = Viewers::default();
    for code in &request.viewers {
        let facility = source::facility_by_code(tx, code)?
            .ok_or_else(|| IdentityError::NoSuchFacility(code.clone()))?;
        let said = consent::of_person_for_viewer(tx, facility.id, person_id)?;
        let side = match is_ended(&said, request.now) {
            true => &mut viewers.ended,
            false => &mut viewers.open,
        };
        side.push(code.clone());
    }
    Ok(viewers)
}

fn is_ended(said: &[Consent], now: Timestamp) -> bool {
    let permits = || said.iter().filter(|row| row.permit);
    let in_force =
        |row: &Consent| row.withdrawn.is_none() && row.until.is_none_or(|until| until > now);
    permits().any(|row| row.withdrawn.is_some()) && !permits().any(in_force)
}
