//! Enrolment (登録): an identity takes part, under a person, with consent written down.

use crate::domain::read_number;
use crate::error::IdentityError;
use crate::iti10;
use crate::person::{audit_change, create, resolve};
use model::limits::LOCAL_ID_CHARACTERS;
use model::{CommunityId, IdSource, Timestamp};
use serde_json::json;
use store::audit::Action;
use store::consent::{Consent, Kinds, NewConsent};
use store::person::{EventKind, Identity, NewEvent, Person};
use store::{Tx, consent, intake, person, source};

/// Who takes part, and who may see it.
#[derive(Debug, Clone)]
pub struct EnrolRequest {
    /// OID of the patient-ID domain.
    pub domain_oid: String,
    /// ID in the domain. Leading zeros count.
    pub local_id: String,
    /// Somebody who is enrolled already and is the same human, where staff know so.
    pub same_as: Option<SameAs>,
    /// Ten-digit codes of the facilities whose users may see; one consent is recorded for each.
    pub viewers: Vec<String>,
    /// Who enrols.
    pub actor: String,
    /// When.
    pub now: Timestamp,
    /// On what the consent rests: the form and its version.
    pub basis: String,
}

/// Who the same human is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SameAs {
    /// The person of this community ID.
    Community(CommunityId),
    /// The person of this identity.
    Identity {
        /// OID of its domain.
        domain_oid: String,
        /// Its ID there.
        local_id: String,
    },
}

/// What enrolment did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnrolOutcome {
    /// The person.
    pub person_id: i64,
    /// 統合ID.
    pub community_id: CommunityId,
    /// The identity.
    pub identity_id: i64,
    /// The identity was not known before.
    pub is_new: bool,
    /// It was not enrolled before, or had withdrawn.
    pub is_enrolled_now: bool,
    /// Keys of the consents recorded now; those in force already are not repeated.
    pub consents: Vec<i64>,
}

/// Who takes part no more.
#[derive(Debug, Clone)]
pub struct WithdrawRequest {
    /// OID of the patient-ID domain.
    pub domain_oid: String,
    /// ID in the domain.
    pub local_id: String,
    /// Who records it.
    pub actor: String,
    /// When.
    pub now: Timestamp,
    /// Why.
    pub basis: String,
}

/// Enrols. Doing it again changes nothing. An identity that belongs to another person than
/// `same_as` says is refused, never moved; an enrolment that is suspended stays so.
pub fn enrol(
    tx: &mut Tx,
    ids: &dyn IdSource,
    request: &EnrolRequest,
) -> Result<EnrolOutcome, IdentityError> {
    check_local_id(&request.local_id)?;
    let viewers = viewing_facilities(tx, &request.viewers)?;
    let same = match &request.same_as {
        Some(same) => Some(find_person(tx, same)?),
        None => None,
    };
    let request = &EnrolRequest { local_id: own_number(tx, request)?, ..request.clone() };
    let known = person::identity_by_local_id(tx, &request.domain_oid, &request.local_id)?;
    if known.as_ref().is_some_and(|identity| identity.suspended_at.is_some()) {
        let EnrolRequest { domain_oid, local_id, .. } = request.clone();
        return Err(IdentityError::Suspended { domain_oid, local_id });
    }
    let (identity_id, owner, was_enrolled) = match &known {
        Some(identity) => (identity.id, owner(tx, identity, same, request)?, identity.enrolled),
        None => {
            let (identity_id, owner) = introduce(tx, ids, same, request)?;
            (identity_id, owner, false)
        }
    };
    if let Some(identity) = known.as_ref().filter(|_| !was_enrolled) {
        intake::forget_completed(tx, identity.domain_id, &identity.local_id)?;
    }
    if !was_enrolled {
        person::put_enrolment(tx, identity_id, request.now, &request.actor)?;
        let event = event(request, EventKind::Enrolled, identity_id, Some(owner.id), owner.id);
        person::insert_event(tx, &event.with(&evidence(request)))?;
    }
    let consents = consent_to(tx, owner.id, &viewers, request)?;
    if !was_enrolled || !consents.is_empty() {
        let detail = json!({
            "enrolled": !was_enrolled, "identity": identity_id, "consents": consents, "basis": request.basis,
        });
        audit_change(tx, Action::Enrolment, owner.id, &request.actor, request.now, &detail)?;
    }
    Ok(EnrolOutcome {
        person_id: owner.id,
        community_id: owner.community_id,
        identity_id,
        is_new: known.is_none(),
        is_enrolled_now: !was_enrolled,
        consents,
    })
}

/// Ends the enrolment of an identity: from now on nothing of it is pulled or shown. With the
/// last enrolled identity every permission of the person ends too, so that a later enrolment
/// opens only what is consented to then. `false` where it was not enrolled.
pub fn withdraw(tx: &mut Tx, request: &WithdrawRequest) -> Result<bool, IdentityError> {
    let identity = person::identity_by_local_id(tx, &request.domain_oid, &request.local_id)?
        .ok_or_else(|| IdentityError::NotEnrolled {
            domain_oid: request.domain_oid.clone(),
            local_id: request.local_id.clone(),
        })?;
    if !person::withdraw_enrolment(tx, identity.id, request.now, &request.actor)? {
        return Ok(false);
    }
    let basis = json!({ "basis": request.basis });
    let event = NewEvent {
        at: request.now,
        kind: EventKind::Withdrawn,
        identity_id: identity.id,
        person_before: Some(identity.person_id),
        person_after: Some(identity.person_id),
        actor: &request.actor,
        evidence: &basis.to_string(),
        undoes: None,
    };
    person::insert_event(tx, &event)?;
    let others = person::identities_of_person(tx, identity.person_id)?;
    let consents = if others.iter().any(|other| other.enrolled || other.suspended_at.is_some()) {
        Vec::new()
    } else {
        consent::withdraw_of_person(tx, identity.person_id, request.now)?
    };
    let detail = json!({
        "withdrawn": true, "identity": identity.id, "consents": consents, "basis": request.basis,
    });
    audit_change(tx, Action::Enrolment, identity.person_id, &request.actor, request.now, &detail)?;
    Ok(true)
}

/// The person that is named, followed to where it was merged into.
pub fn find_person(tx: &mut Tx, same: &SameAs) -> Result<Person, IdentityError> {
    match same {
        SameAs::Community(id) => resolve(tx, id),
        SameAs::Identity { domain_oid, local_id } => {
            let missing = || IdentityError::NotEnrolled {
                domain_oid: domain_oid.clone(),
                local_id: local_id.clone(),
            };
            let identity =
                person::identity_by_local_id(tx, domain_oid, local_id)?.ok_or_else(missing)?;
            person::by_id(tx, identity.person_id)?.ok_or_else(missing)
        }
    }
}

/// An event of this request; its evidence is added by [`Draft::with`].
struct Draft<'a> {
    request: &'a EnrolRequest,
    kind: EventKind,
    identity_id: i64,
    person_before: Option<i64>,
    person_after: i64,
}

impl<'a> Draft<'a> {
    fn with(&self, evidence: &'a str) -> NewEvent<'a> {
        NewEvent {
            at: self.request.now,
            kind: self.kind,
            identity_id: self.identity_id,
            person_before: self.person_before,
            person_after: Some(self.person_after),
            actor: &self.request.actor,
            evidence,
            undoes: None,
        }
    }
}

fn event(
    request: &EnrolRequest,
    kind: EventKind,
    identity_id: i64,
    person_before: Option<i64>,
    person_after: i64,
) -> Draft<'_> {
    Draft { request, kind, identity_id, person_before, person_after }
}

fn evidence(request: &EnrolRequest) -> String {
    let same_as = request.same_as.as_ref().map(|same| match same {
        SameAs::Community(id) => json!({ "community_id": id.digits() }),
        SameAs::Identity { domain_oid, local_id } => {
            json!({ "domain": domain_oid, "local_id": local_id })
        }
    });
    json!({ "rule": "enrolment", "basis": request.basis, "same_as": same_as }).to_string()
}

/// Makes the identity, under the person named or one of its own.
pub(crate) fn introduce(
    tx: &mut Tx,
    ids: &dyn IdSource,
    same: Option<Person>,
    request: &EnrolRequest,
) -> Result<(i64, Person), IdentityError> {
    let domain_id = person::domain_by_oid(tx, &request.domain_oid)?
        .ok_or_else(|| IdentityError::NoSuchDomain(request.domain_oid.clone()))?;
    let kind = if same.is_some() { EventKind::Linked } else { EventKind::Created };
    let owner = match same {
        Some(person) => person,
        None => create(tx, ids, request.now)?,
    };
    let identity_id =
        person::insert_identity(tx, domain_id, &request.local_id, owner.id, request.now)?
            .ok_or_else(|| IdentityError::Concurrent { local_id: request.local_id.clone() })?;
    let event = event(request, kind, identity_id, None, owner.id);
    person::insert_event(tx, &event.with(&evidence(request)))?;
    iti10::note(tx, &[owner.id], request.now)?;
    Ok((identity_id, owner))
}

/// The person a known identity belongs to, which must be the one named, if one is.
fn owner(
    tx: &mut Tx,
    identity: &Identity,
    same: Option<Person>,
    request: &EnrolRequest,
) -> Result<Person, IdentityError> {
    let present = person::by_id(tx, identity.person_id)?
        .ok_or_else(|| IdentityError::NoSuchPerson(identity.person_id.to_string()))?;
    match same {
        Some(wanted) if wanted.id != present.id => Err(IdentityError::OtherPerson {
            domain_oid: request.domain_oid.clone(),
            local_id: request.local_id.clone(),
            present: present.community_id,
            wanted: wanted.community_id,
        }),
        _ => Ok(present),
    }
}

fn viewing_facilities(tx: &mut Tx, codes: &[String]) -> Result<Vec<i64>, IdentityError> {
    let mut facilities = Vec::with_capacity(codes.len());
    for code in codes {
        let facility = source::facility_by_code(tx, code)?
            .ok_or_else(|| IdentityError::NoSuchFacility(code.clone()))?;
        facilities.push(facility.id);
    }
    facilities.sort_unstable();
    facilities.dedup();
    Ok(facilities)
}

/// One row for each viewing facility that has no such consent in force: every facility
/// discloses, every kind, without end.
fn consent_to(
    tx: &mut Tx,
    person_id: i64,
    viewers: &[i64],
    request: &EnrolRequest,
) -> Result<Vec<i64>, IdentityError> {
    let mut recorded = Vec::new();
    for viewer in viewers {
        let said = consent::of_person_for_viewer(tx, *viewer, person_id)?;
        if said.iter().any(|consent| opens_everything(consent, request.now)) {
            continue;
        }
        let new = NewConsent {
            person_id,
            discloser_facility_id: None,
            viewer_facility_id: *viewer,
            categories: None,
            permit: true,
            from: request.now,
            until: None,
            basis: &request.basis,
            actor: &request.actor,
            now: request.now,
        };
        recorded.push(consent::insert(tx, &new)?);
    }
    Ok(recorded)
}

fn opens_everything(consent: &Consent, now: Timestamp) -> bool {
    consent.permit
        && consent.withdrawn.is_none()
        && consent.discloser_facility_id.is_none()
        && consent.kinds == Kinds::All
        && consent.until.is_none()
        && consent.from <= now
}

/// The ID as its domain writes it.
fn own_number(tx: &mut Tx, request: &EnrolRequest) -> Result<String, IdentityError> {
    read_number(tx, &request.domain_oid, &request.local_id)?.map_err(|source| {
        let EnrolRequest { domain_oid, local_id, .. } = request.clone();
        IdentityError::NumberMisfit { domain_oid, local_id, source }
    })
}

fn check_local_id(local_id: &str) -> Result<(), IdentityError> {
    let length = local_id.chars().count() as u64;
    let fits = (1..=LOCAL_ID_CHARACTERS).contains(&length)
        && local_id.trim() == local_id
        && !local_id.chars().any(char::is_control);
    if fits { Ok(()) } else { Err(IdentityError::LocalIdMalformed(local_id.to_owned())) }
}
