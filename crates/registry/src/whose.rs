//! Whose a submission is. Intake names its patient by the source's own number
//! (sourcePatientId); a peer names it by the community ID in the affinity domain (patientId),
//! and what it submits hangs off the identity of that ID.

use crate::error::RegistryError;
use crate::prepare::Prepared;
use crate::reach::Reach;
use crate::rule_state as rule;
use ebrim::{Problem, notation};
use model::document::{Association, DocumentEntry};
use model::hl7::PatientId;
use model::{CommunityId, Timestamp};
use store::document::{Patient, patient, row, stored_query};
use store::{Tx, lock, person, source};

/// The patients of a submission; all are one person.
pub(crate) struct Whose {
    /// Whose set and folders are.
    pub owner: Patient,
    /// By the places of the documents.
    pub patients: Vec<Patient>,
}

/// The patient of each document and of the set.
pub(crate) fn whose(
    tx: &mut Tx,
    submission: &Prepared,
    now: Timestamp,
) -> Result<Whose, RegistryError> {
    if let (Some(facility_id), true) = (submission.caller.gateway_of(), submission.is_intake) {
        sources_are_own(tx, submission, facility_id)?;
    }
    let named = community(tx, submission, now)?;
    if let (Some(owner), false) = (named, submission.is_intake) {
        return Ok(Whose { owner, patients: vec![owner; submission.documents.len()] });
    }
    let patients = by_source_patient(tx, submission)?;
    if let (Some(named), Some(first)) = (named, patients.first()) {
        rule::patient_is_the_same(first, named.person_id, "patientId")?;
    }
    let owner = match patients.first() {
        Some(first) => *first,
        None => patient_of_associations(tx, submission, now)?,
    };
    Ok(Whose { owner, patients })
}

/// A gateway elsewhere speaks for the sources of its own facility and in their domains; every
/// other source is not there for it. What it repeats is its own facility's too. Looked at before
/// any patient, so that no answer tells who is known elsewhere.
fn sources_are_own(
    tx: &mut Tx,
    submission: &Prepared,
    facility_id: i64,
) -> Result<(), RegistryError> {
    let mut problems = Vec::new();
    let mut domains: Vec<String> = Vec::new();
    for prepared in &submission.documents {
        let Some(intake) = &prepared.entry.intake else { continue };
        let found = source::source_by_name(tx, &intake.source)?;
        match found.filter(|found| found.facility.id == facility_id) {
            Some(own) => domains.push(own.domain.oid),
            None => problems.push(rule::source_is_known(intake)),
        }
    }
    for prepared in &submission.documents {
        let entry = &prepared.entry;
        if problems.is_empty() && !domains.contains(&entry.source_patient_id.authority.oid) {
            problems.push(rule::domain_is_of_a_source(entry));
        }
        let known = row::known(tx, &entry.unique_id)?;
        if let Some(known) = known.filter(|known| known.item_id.is_some()) {
            let heads = stored_query::heads(tx, &[known.id])?;
            if heads.iter().any(|head| head.facility_id != Some(facility_id)) {
                problems.push(rule::document_is_own(entry));
            }
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(RegistryError::Refused(problems)) }
}

/// The identity of the community ID that a submission names; of several that one person has,
/// the first. Every ID that is not known is told, then whether they are one person.
fn community(
    tx: &mut Tx,
    submission: &Prepared,
    now: Timestamp,
) -> Result<Option<Patient>, RegistryError> {
    let mut problems: Vec<Problem> = Vec::new();
    let mut owner: Option<Patient> = None;
    // A gateway that does not know the community ID names its patient as the source does.
    let by_number = |named: &&PatientId| {
        let mut entries = submission.documents.iter().map(|document| &document.entry);
        submission.is_intake && entries.any(|entry| entry.source_patient_id == **named)
    };
    for named in submission.named.iter().filter(|named| !by_number(named)) {
        let found = of_community_id(tx, named, submission, now)?;
        let found = found.filter(|patient| patient.enrolled);
        let Some(found) = found else {
            problems.push(rule::patient_id_is_known(named));
            continue;
        };
        match owner {
            None => owner = Some(found),
            Some(first) => {
                let what = notation::cx(named);
                problems.extend(rule::patient_is_the_same(&first, found.person_id, &what).err());
            }
        }
    }
    if problems.is_empty() { Ok(owner) } else { Err(RegistryError::Refused(problems)) }
}

fn of_community_id(
    tx: &mut Tx,
    named: &PatientId,
    submission: &Prepared,
    now: Timestamp,
) -> Result<Option<Patient>, RegistryError> {
    let domain = submission.affinity_oid.as_str();
    if named.authority.oid != domain || domain.is_empty() {
        return Ok(None);
    }
    let Ok(id) = named.id.parse::<CommunityId>() else { return Ok(None) };
    let local_id = id.digits();
    // What a peer submits is its own source's, whatever sourceId the message says.
    let sourced = |found| Patient { source_id: submission.caller.source_id(), ..found };
    if let Some(found) = patient::lock_community(tx, domain, local_id)? {
        return Ok(Some(sourced(found)));
    }
    let Some(holder) = crate::query::person_of(tx, &id)? else { return Ok(None) };
    lock::persons(tx, &[holder])?;
    let domain_id = source::ensure_domain(tx, domain, "affinity domain")?.id;
    patient::mark_affinity(tx, domain)?;
    person::insert_identity(tx, domain_id, local_id, holder, now)?;
    Ok(patient::lock_community(tx, domain, local_id)?.map(sourced))
}

/// The patient of each document by its sourcePatientId.
fn by_source_patient(tx: &mut Tx, submission: &Prepared) -> Result<Vec<Patient>, RegistryError> {
    let mut found: Vec<Patient> = Vec::with_capacity(submission.documents.len());
    let mut asked: Vec<&DocumentEntry> = Vec::with_capacity(submission.documents.len());
    for prepared in &submission.documents {
        let entry = &prepared.entry;
        let same = asked.iter().position(|other| {
            other.source_patient_id == entry.source_patient_id
                && source_name(other) == source_name(entry)
        });
        let patient = match same {
            Some(place) => found[place],
            None => {
                let named = &entry.source_patient_id;
                let looked_up =
                    patient::lock(tx, &named.authority.oid, &named.id, source_name(entry))?;
                let patient = rule::patient_is_known(looked_up, named)?;
                rule::source_is_of_the_domain(&patient, entry)?;
                patient
            }
        };
        if let Some(first) = found.first() {
            let what = format!("DocumentEntry {}", entry.unique_id);
            rule::patient_is_the_same(first, patient.person_id, &what)?;
        }
        found.push(patient);
        asked.push(entry);
    }
    Ok(found)
}

/// A submission without documents is of the patient whose registered objects it joins.
fn patient_of_associations(
    tx: &mut Tx,
    submission: &Prepared,
    now: Timestamp,
) -> Result<Patient, RegistryError> {
    let mut reach = Reach::new(&submission.caller, now);
    let ends = submission.associations.iter().flat_map(|a: &Association| [a.source, a.target]);
    for uuid in ends {
        if let Some((end, _)) = reach.end(tx, uuid)? {
            patient::lock_identity(tx, end.identity_id)?;
            return Ok(Patient {
                identity_id: end.identity_id,
                person_id: end.person_id,
                domain_id: 0,
                enrolled: true,
                source_id: None,
                source_domain_id: None,
            });
        }
    }
    Err(rule::patient_is_named(&submission.set).into())
}

fn source_name(entry: &DocumentEntry) -> &str {
    entry.intake.as_ref().map_or("", |intake| intake.source.as_str())
}
