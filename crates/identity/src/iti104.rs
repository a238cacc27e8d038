//! ITI-104, Patient Identity Feed FHIR (PIXm 2:3.104): what ITI-8 and ITI-30 feed, in FHIR.
//!
//! `PUT Patient?identifier=system|value` registers or changes a patient; with `active` false and
//! a link of type `replaced-by` its ID is merged into the one that the link names.
//! `DELETE Patient?identifier=system|value` says that the ID is nobody's here any more.

use crate::enrol::{WithdrawRequest, withdraw};
use crate::error::IdentityError;
use crate::iti8::{admit_ids, merge_ids};
use crate::link::{PartRequest, part};
use crate::r4::ask::Ask;
use crate::r4::fault::{Fault, bad, refused, unprocessable};
use crate::r4::view;
use crate::v2::fault::Location;
use crate::v2::patient::{fed_id, over};
use fhir::{Identifier, Interaction, IssueCode, Link, Patient, Response};
use http::StatusCode;
use model::demographics::Demographics;
use model::hl7::PatientId;
use model::limits::FEED_PATIENT_IDS;
use serde_json::json;
use store::audit::{Action, Outcome};
use store::person::Identity;
use store::{Tx, person};

/// Applies a request, and writes its audit row.
pub(crate) fn apply(tx: &mut Tx, ask: &Ask) -> Result<Response, Fault> {
    if ask.sender.feeds.is_empty() {
        let text = "the sender feeds no patients here";
        return Err(refused(StatusCode::FORBIDDEN, IssueCode::Forbidden, text));
    }
    let id = condition(tx, ask)?;
    let known = person::identity_by_local_id(tx, &id.authority.oid, &id.id)?;
    check_version(tx, ask, known.as_ref())?;
    match ask.request.interaction {
        Interaction::Delete { .. } => remove(tx, ask, known),
        _ => put(tx, ask, &id, known.is_none()),
    }
}

/// Registers, changes or merges.
fn put(tx: &mut Tx, ask: &Ask, id: &PatientId, is_new: bool) -> Result<Response, Fault> {
    let body = ask.request.body.as_ref();
    let body =
        body.ok_or_else(|| bad(IssueCode::Required, "there is no Patient in the request"))?;
    let patient = Patient::read(body)?;
    let ids = fed_ids(tx, ask, &patient, id)?;
    let said = |before: Demographics| over(before, patient.demographics.clone(), |_| false);
    let place = Location::new("Patient", 1);
    let person_id = match survivor(tx, ask, &patient)? {
        Some(stays) => {
            // What the duplicate says is the duplicate's: the survivor keeps what was said of it.
            merge_ids(tx, ask, (&[stays], &ids), &|before| before, place)?
        }
        None => {
            let who = &patient.demographics;
            if who.name.is_empty() && who.kana.is_empty() {
                return Err(unprocessable(IssueCode::Required, "Patient.name is missing"));
            }
            admit_ids(tx, ask, &ids, &said, place)?
        }
    };
    let detail = json!({
        "transaction": "ITI-104",
        "event": if patient.is_active == Some(false) { "merge" } else { "put" },
        "message_id": ask.message_id,
    });
    ask.audit(tx, Action::PatientFeed, Outcome::Success, person_id, &detail)?;
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    let seen = match person_id {
        Some(person_id) => view::fed(tx, ask, person_id)?,
        None => None,
    };
    Ok(done(ask, status, seen))
}

/// Parts the identity from the others of its person, and ends its enrolment where the sender's
/// feed enrols. Nothing is deleted; both are events that can be taken back.
fn remove(tx: &mut Tx, ask: &Ask, known: Option<Identity>) -> Result<Response, Fault> {
    let Some(identity) = known else {
        let text = "the patient ID is not known here";
        return Err(refused(StatusCode::NOT_FOUND, IssueCode::NotFound, text));
    };
    if ask.sender.enrols && identity.enrolled {
        let ended = WithdrawRequest {
            domain_oid: identity.domain_oid.clone(),
            local_id: identity.local_id.clone(),
            actor: ask.sender.name.clone(),
            now: ask.now,
            basis: format!("patient identity feed of {}", ask.sender.name),
        };
        withdraw(tx, &ended)?;
    }
    let parting = PartRequest {
        identity_id: identity.id,
        actor: ask.sender.name.clone(),
        now: ask.now,
        evidence: json!({ "rule": "ITI-104 remove", "message_id": ask.message_id }),
    };
    match part(tx, ask.ids.as_ref(), &parting) {
        Ok(_) | Err(IdentityError::NothingToPart(_)) => {}
        Err(error) => return Err(error.into()),
    }
    let detail =
        json!({ "transaction": "ITI-104", "event": "remove", "message_id": ask.message_id });
    let person_id = person::identity_by_id(tx, identity.id)?.map(|one| one.person_id);
    ask.audit(tx, Action::PatientFeed, Outcome::Success, person_id, &detail)?;
    Ok(Response::empty(StatusCode::NO_CONTENT))
}

/// The ID by which the request says whom it is about: one, of a domain that the sender feeds.
fn condition(tx: &mut Tx, ask: &Ask) -> Result<PatientId, Fault> {
    for pair in &ask.request.query.pairs {
        if !matches!(pair.name.as_str(), "identifier" | "_format" | "_pretty") {
            // A condition that is passed over would make it another request.
            let text = format!("patients are fed by their identifier, not by {}", pair.name);
            return Err(bad(IssueCode::NotSupported, text));
        }
    }
    let said: Vec<&str> = ask.request.query.values("identifier").collect();
    let [said] = said.as_slice() else {
        let text = "one identifier=system|value must say whom the request is about";
        return Err(bad(IssueCode::Required, text));
    };
    match Identifier::parse(said) {
        (Some(system), value) => fed(tx, ask, &Identifier::new(system, value.trim())),
        (None, _) => Err(bad(IssueCode::Value, "the identifier has no system")),
    }
}

/// An ID of a domain that the sender feeds.
fn fed(tx: &mut Tx, ask: &Ask, identifier: &Identifier) -> Result<PatientId, Fault> {
    let Some(authority) = ask.domain(tx, &identifier.system)? else {
        let text = "the system of the identifier is not known here";
        return Err(bad(IssueCode::CodeInvalid, text));
    };
    if !ask.sender.feeds.contains(&authority.oid) {
        let text = "the sender is not the identity source of this patient-ID domain";
        return Err(refused(StatusCode::FORBIDDEN, IssueCode::Forbidden, text));
    }
    let place = Location::new("Patient", 1);
    Ok(fed_id(tx, ask, identifier.value.clone(), Some(authority), place)?)
}

/// The patient's IDs: the one of the request first, then others of domains that are served here.
/// Identifiers of anything else, such as insurance, are no patient IDs.
fn fed_ids(
    tx: &mut Tx,
    ask: &Ask,
    patient: &Patient,
    asked: &PatientId,
) -> Result<Vec<PatientId>, Fault> {
    if patient.identifiers.len() as u64 > FEED_PATIENT_IDS {
        let text = format!("more than {FEED_PATIENT_IDS} identifiers in one patient");
        return Err(unprocessable(IssueCode::TooLong, text));
    }
    let mut ids = Vec::new();
    for identifier in patient.identifiers.iter().filter(|one| !one.is_old) {
        if ask.domain(tx, &identifier.system)?.is_some() {
            let id = fed(tx, ask, identifier)?;
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
    }
    let Some(place) = ids.iter().position(|id| id == asked) else {
        let text = "the patient does not have the identifier of the request's address";
        return Err(unprocessable(IssueCode::BusinessRule, text));
    };
    ids.swap(0, place);
    Ok(ids)
}

/// The ID into which the patient is merged, where it says so (PIXm 2:3.104.4.1.2.2): `active` is
/// false, and one link is of type `replaced-by`. One without the other says nothing that could
/// be done.
fn survivor(tx: &mut Tx, ask: &Ask, patient: &Patient) -> Result<Option<PatientId>, Fault> {
    let replaced: Vec<&Link> =
        patient.links.iter().filter(|link| link.kind == "replaced-by").collect();
    match (patient.is_active, replaced.as_slice()) {
        (Some(false), [link]) => {
            let Some(identifier) = &link.identifier else {
                let text = "Patient.link.other must name the surviving patient by its identifier";
                return Err(unprocessable(IssueCode::Required, text));
            };
            fed(tx, ask, identifier).map(Some)
        }
        (Some(false), _) => {
            let text = "a patient that is not active must say by one link what it is replaced by";
            Err(unprocessable(IssueCode::BusinessRule, text))
        }
        (_, []) => Ok(None),
        _ => {
            let text = "a patient that is replaced must be told as not active";
            Err(unprocessable(IssueCode::BusinessRule, text))
        }
    }
}

/// `If-Match`: the sender changes what it knows (FHIR R4 3.1.0.5.2).
///
/// # Errors
/// 412 where the patient is another version, or is not there.
fn check_version(tx: &mut Tx, ask: &Ask, known: Option<&Identity>) -> Result<(), Fault> {
    let Some(wanted) = &ask.request.condition.if_match else { return Ok(()) };
    let present = match known {
        Some(identity) => view::fed(tx, ask, identity.person_id)?,
        None => None,
    };
    match present {
        Some(patient) if *wanted == "*" || *wanted == patient.version => Ok(()),
        _ => {
            let text = "the patient is not the version that If-Match names";
            Err(refused(StatusCode::PRECONDITION_FAILED, IssueCode::Conflict, text))
        }
    }
}

/// The answer: where the patient stands and its version; the patient itself where it is wanted.
fn done(ask: &Ask, status: StatusCode, seen: Option<Patient>) -> Response {
    let Some(patient) = seen else { return Response::empty(status) };
    let resource = ask.request.condition.wants_representation.then(|| patient.write());
    Response {
        status,
        resource,
        location: Some(format!("{}/Patient/{}", ask.request.base, patient.id)),
        version: Some(patient.version),
    }
}
