//! The use case of ITI-42: a submission set, whole or not at all.

use crate::content::Derivations;
use crate::document::{self, Desk};
use crate::error::{RegistryError, Violation};
use crate::explicit::{self, Objects};
use crate::link::Joined;
use crate::prepare::Prepared;
use crate::relation;
use crate::rule_state as rule;
use model::Timestamp;
use model::document::{Association, Availability, DocumentEntry};
use model::item::VersionState;
use ports::Outcome;
use store::document::{End, EndKind, Patient, association, folder, patient, row, set};
use store::{StoreError, Tx};

/// What a submission did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// For the answer.
    pub outcome: Outcome,
    /// The documents that it brought: their place in the submission and their rows, for the
    /// repository to put their bytes beside them in the same transaction.
    pub documents: Vec<(usize, i64)>,
}

/// Registers a submission. It is repeatable: sending it again answers
/// [`Outcome::AlreadyThere`] or, where an intake document comes in another state,
/// [`Outcome::StateChanged`].
///
/// Errors leave nothing once the caller's transaction has ended with them.
/// [`RegistryError::NeedsContent`] asks for a derivation; run again with it.
pub fn submit(
    tx: &mut Tx,
    submission: &Prepared,
    derivations: &Derivations,
    now: Timestamp,
) -> Result<Registered, RegistryError> {
    let patients = patients(tx, submission)?;
    let owner = match patients.first() {
        Some(first) => *first,
        None => patient_of_associations(tx, submission)?,
    };
    let set = &submission.set;
    let inserted = set::insert(tx, set, &submission.set_metadata, owner.identity_id)?;
    let Some(set_id) = inserted else {
        return repeat(tx, submission, &patients, derivations, now);
    };
    let mut objects =
        Objects::new(Joined { kind: EndKind::SubmissionSet, id: set_id, uuid: set.entry_uuid });
    let mut answer = Registered { outcome: Outcome::AlreadyThere, documents: Vec::new() };
    for (place, prepared) in submission.documents.iter().enumerate() {
        let desk = Desk { patient: &patients[place], submission_set_id: set_id, derivations, now };
        let done = document::register(tx, prepared, &desk)?;
        if done.is_new {
            answer.documents.push((place, done.id));
            answer.outcome = Outcome::Registered;
        } else {
            objects.referenced.push(done.id);
            if done.state_changed && answer.outcome == Outcome::AlreadyThere {
                answer.outcome = Outcome::StateChanged;
            }
        }
        objects.add(prepared.entry.entry_uuid, document_end(&done, desk.patient));
    }
    if answer.documents.is_empty()
        && submission.folders.is_empty()
        && submission.associations.is_empty()
    {
        set::delete(tx, set_id)?;
        return Ok(answer);
    }
    answer.outcome = Outcome::Registered;
    folders(tx, submission, &owner, &mut objects, now)?;
    explicit::refer(tx, submission, &objects)?;
    explicit::associate(tx, submission, &owner, &objects, derivations, now)?;
    Ok(answer)
}

/// The patient of each document; all are one person.
fn patients(tx: &mut Tx, submission: &Prepared) -> Result<Vec<Patient>, RegistryError> {
    let mut found: Vec<Patient> = Vec::with_capacity(submission.documents.len());
    let mut asked: Vec<&DocumentEntry> = Vec::with_capacity(submission.documents.len());
    for prepared in &submission.documents {
        let entry = &prepared.entry;
        let same = asked.iter().position(|other| {
            other.source_patient_id == entry.source_patient_id && source(other) == source(entry)
        });
        let patient = match same {
            Some(place) => found[place],
            None => {
                let named = &entry.source_patient_id;
                let looked_up = patient::lock(tx, &named.authority.oid, &named.id, source(entry))?;
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
fn patient_of_associations(tx: &mut Tx, submission: &Prepared) -> Result<Patient, RegistryError> {
    let ends = submission.associations.iter().flat_map(|a: &Association| [a.source, a.target]);
    for uuid in ends {
        if let Some(end) = association::end(tx, uuid)? {
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

/// The set's uniqueId or entryUUID is taken: the submission was sent before, or it is wrong.
fn repeat(
    tx: &mut Tx,
    submission: &Prepared,
    patients: &[Patient],
    derivations: &Derivations,
    now: Timestamp,
) -> Result<Registered, RegistryError> {
    let set = &submission.set;
    let Some(set_id) = set::id_by_unique_id(tx, &set.unique_id)? else {
        return Err(uuid_is_taken("SubmissionSet", set.entry_uuid)?);
    };
    let mut outcome = Outcome::AlreadyThere;
    for (place, prepared) in submission.documents.iter().enumerate() {
        let known = row::known(tx, &prepared.entry.unique_id)?;
        rule::unique_id_is_new("SubmissionSet", &set.unique_id, known.is_some())?;
        let Some(known) = known else { continue };
        let desk = Desk { patient: &patients[place], submission_set_id: set_id, derivations, now };
        if document::repeat(tx, prepared, &known, &desk)?.state_changed {
            outcome = Outcome::StateChanged;
        }
    }
    for (new, _) in &submission.folders {
        let known = folder::id_by_unique_id(tx, &new.unique_id)?;
        rule::unique_id_is_new("SubmissionSet", &set.unique_id, known.is_some())?;
    }
    for new in &submission.associations {
        let known =
            explicit::is_implied(new, submission) || association::is_known(tx, new.entry_uuid)?;
        rule::unique_id_is_new("SubmissionSet", &set.unique_id, known)?;
    }
    Ok(Registered { outcome, documents: Vec::new() })
}

fn folders(
    tx: &mut Tx,
    submission: &Prepared,
    owner: &Patient,
    objects: &mut Objects,
    now: Timestamp,
) -> Result<(), RegistryError> {
    for (new, text) in &submission.folders {
        let Some(id) = folder::insert(tx, new, text, owner.identity_id, now)? else {
            let taken = folder::id_by_unique_id(tx, &new.unique_id)?;
            rule::unique_id_is_new("Folder", &new.unique_id, taken.is_none())?;
            return Err(uuid_is_taken("Folder", new.entry_uuid)?);
        };
        let made = Joined { kind: EndKind::Folder, id, uuid: new.entry_uuid };
        relation::tie_to_set(tx, made, objects.set.id)?;
        objects.add(
            new.entry_uuid,
            End {
                kind: EndKind::Folder,
                id,
                identity_id: owner.identity_id,
                person_id: owner.person_id,
                availability: Availability::Approved,
                item_id: None,
            },
        );
    }
    Ok(())
}

fn document_end(done: &document::Registered, patient: &Patient) -> End {
    End {
        kind: EndKind::Document,
        id: done.id,
        identity_id: patient.identity_id,
        person_id: patient.person_id,
        availability: match done.state {
            VersionState::Current => Availability::Approved,
            _ => Availability::Deprecated,
        },
        item_id: done.item_id,
    }
}

fn uuid_is_taken(object: &str, uuid: uuid::Uuid) -> Result<RegistryError, Violation> {
    rule::uuid_is_new(object, uuid, false)?;
    Ok(RegistryError::Store(StoreError::Damaged(format!("{object} {uuid} took no row"))))
}

fn source(entry: &DocumentEntry) -> &str {
    entry.intake.as_ref().map_or("", |intake| intake.source.as_str())
}
