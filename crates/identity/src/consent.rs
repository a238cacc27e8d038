//! Consent recorded and withdrawn, each with its audit record.

use crate::error::IdentityError;
use crate::person::{audit_change, resolve};
use model::entry::Category;
use model::{CommunityId, Timestamp};
use serde_json::json;
use store::audit::Action;
use store::consent::NewConsent;
use store::{Tx, consent, source};

/// A consent, or a denial, to record. A denial beats every permission.
#[derive(Debug, Clone)]
pub struct ConsentRequest {
    /// Whose data.
    pub person: CommunityId,
    /// Which facility discloses, by its code; `None` is every facility.
    pub discloser: Option<String>,
    /// The facility whose users may see, by its code.
    pub viewer: String,
    /// Of which kind; `None` is every kind.
    pub categories: Option<Vec<Category>>,
    /// Permission or denial.
    pub permit: bool,
    /// From when.
    pub from: Timestamp,
    /// Until when, that instant not included.
    pub until: Option<Timestamp>,
    /// On what it rests.
    pub basis: String,
    /// Who records it.
    pub actor: String,
    /// When.
    pub now: Timestamp,
}

/// Records a consent; gives its key.
pub fn record_consent(tx: &mut Tx, request: &ConsentRequest) -> Result<i64, IdentityError> {
    let owner = resolve(tx, &request.person)?;
    let viewer = facility(tx, &request.viewer)?;
    let discloser = match &request.discloser {
        Some(code) => Some(facility(tx, code)?),
        None => None,
    };
    let new = NewConsent {
        person_id: owner.id,
        discloser_facility_id: discloser,
        viewer_facility_id: viewer,
        categories: request.categories.as_deref(),
        permit: request.permit,
        from: request.from,
        until: request.until,
        basis: &request.basis,
        actor: &request.actor,
        now: request.now,
    };
    let id = consent::insert(tx, &new)?;
    let detail = json!({ "recorded": id, "permit": request.permit, "basis": request.basis });
    audit_change(tx, Action::ConsentChange, owner.id, &request.actor, request.now, &detail)?;
    Ok(id)
}

/// Withdraws one consent of a person, permission or denial; from now on it does not count.
pub fn withdraw_consent(
    tx: &mut Tx,
    person: &CommunityId,
    consent_id: i64,
    actor: &str,
    now: Timestamp,
) -> Result<(), IdentityError> {
    let owner = resolve(tx, person)?;
    let own = consent::of_person(tx, owner.id)?.iter().any(|row| row.id == consent_id);
    if !own || !consent::withdraw(tx, consent_id, now)? {
        return Err(IdentityError::NoSuchConsent(consent_id));
    }
    let detail = json!({ "withdrawn": [consent_id] });
    audit_change(tx, Action::ConsentChange, owner.id, actor, now, &detail)
}

/// Withdraws every permission of a person; denials stay. Gives their keys.
pub fn withdraw_all_consents(
    tx: &mut Tx,
    person: &CommunityId,
    actor: &str,
    now: Timestamp,
) -> Result<Vec<i64>, IdentityError> {
    let owner = resolve(tx, person)?;
    let withdrawn = consent::withdraw_of_person(tx, owner.id, now)?;
    if !withdrawn.is_empty() {
        let detail = json!({ "withdrawn": withdrawn });
        audit_change(tx, Action::ConsentChange, owner.id, actor, now, &detail)?;
    }
    Ok(withdrawn)
}

fn facility(tx: &mut Tx, code: &str) -> Result<i64, IdentityError> {
    source::facility_by_code(tx, code)?
        .map(|row| row.id)
        .ok_or_else(|| IdentityError::NoSuchFacility(code.to_owned()))
}
