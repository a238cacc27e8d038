//! Whether a record can be of the human whose it is said to be, asked before they are joined.

use crate::enrol::{SameAs, find_person};
use crate::error::IdentityError;
use model::demographics::Demographics;
use model::{Contradiction, PartialTime};
use store::person::Identity;
use store::{Tx, person};

/// A record that is to be joined to a person.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// OID of its patient-ID domain.
    pub domain_oid: String,
    /// Its ID there.
    pub local_id: String,
    /// What its source says of it now, where that could be looked at: before the first pull
    /// nothing is kept of it.
    pub demographics: Option<Demographics>,
}

/// Refuses where a known birth date or sex of the candidate contradicts that of a record which
/// the person has already. What is not known contradicts nothing.
///
/// # Errors
/// [`IdentityError::Contradiction`] names both records and what differs; the person is not known.
pub fn check_agreement(
    tx: &mut Tx,
    candidate: &Candidate,
    same_as: &SameAs,
) -> Result<(), IdentityError> {
    let target = find_person(tx, same_as)?;
    let known = person::identity_by_local_id(tx, &candidate.domain_oid, &candidate.local_id)?;
    let kept = known.as_ref().map(|identity| &identity.demographics);
    let said: Vec<&Demographics> = candidate.demographics.iter().chain(kept).collect();
    let others = person::identities_of_person(tx, target.id)?;
    for other in others.iter().filter(|other| known.as_ref().is_none_or(|own| own.id != other.id)) {
        if let Some(one) = said.iter().find(|one| contradicts(one, &other.demographics).is_any()) {
            return Err(contradiction(candidate, one, other));
        }
    }
    Ok(())
}

fn contradicts(one: &Demographics, other: &Demographics) -> Contradiction {
    Contradiction::among([one, other])
}

fn contradiction(candidate: &Candidate, one: &Demographics, other: &Identity) -> IdentityError {
    let found = contradicts(one, &other.demographics);
    let birth = |of: &Demographics| {
        of.birth.as_ref().map_or_else(String::new, |birth: &PartialTime| birth.digits.clone())
    };
    let mut differences = Vec::new();
    if found.birth {
        differences.push(format!("born {} and {}", birth(one), birth(&other.demographics)));
    }
    if found.sex {
        differences.push(format!("sex {} and {}", one.sex, other.demographics.sex));
    }
    IdentityError::Contradiction {
        domain_oid: candidate.domain_oid.clone(),
        local_id: candidate.local_id.clone(),
        other_domain_oid: other.domain_oid.clone(),
        other_local_id: other.local_id.clone(),
        differences: differences.join(", "),
    }
}
