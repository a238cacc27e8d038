//! The use case of ITI-42: a submission set, whole or not at all.

use crate::content::Derivations;
use crate::document::{self, Desk, Parent};
use crate::error::{Problem, RegistryError, collect};
use crate::explicit::{self, Objects};
use crate::link::Joined;
use crate::prepare::{Prepared, PreparedDocument};
use crate::reach::Reach;
use crate::relation;
use crate::rule_state as rule;
use crate::whose::{Whose, whose};
use crate::within::Within;
use model::Timestamp;
use model::document::{Availability, Folder};
use model::item::VersionState;
use ports::Outcome;
use store::document::{End, EndKind, Patient, association, folder, removal, row, set};
use store::{StoreError, Tx};

/// What a submission did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// For the answer.
    pub outcome: Outcome,
    /// The documents that it brought: their place in the submission and their rows, for the
    /// repository to put their bytes beside them in the same transaction.
    pub documents: Vec<(usize, i64)>,
    /// Whose they are.
    pub person_id: i64,
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
    let whose = whose(tx, submission, now)?;
    let within = Within::of(submission);
    let mut problems = Vec::new();
    let set = &submission.set;
    if !submission.is_intake {
        problems.extend(set_is_new(tx, submission)?);
    }
    let person_id = whose.owner.person_id;
    if submission.is_intake && removal::is_remembered(tx, set.entry_uuid)? {
        return forgotten(tx, submission, person_id);
    }
    let inserted = set::insert(tx, set, &submission.set_metadata, whose.owner.identity_id)?;
    let Some(set_id) = inserted else {
        if submission.is_intake {
            return repeat(tx, (submission, &within), &whose, derivations, now);
        }
        if problems.is_empty() {
            return Err(uuid_is_taken("SubmissionSet", set.entry_uuid)?);
        }
        return Err(RegistryError::Refused(problems));
    };
    let mut objects = Objects::new(
        Joined { kind: EndKind::SubmissionSet, id: set_id, uuid: set.entry_uuid },
        set_end(set_id, &whose.owner),
        Reach::new(&submission.caller, now),
    );
    if let Some(source_id) = submission.caller.source_id() {
        set::brought_by(tx, set_id, source_id)?;
    }
    let mut answer =
        Registered { outcome: Outcome::AlreadyThere, documents: Vec::new(), person_id };
    let two_current = documents(
        tx,
        (submission, &within),
        &whose,
        &mut objects,
        &mut answer,
        &mut problems,
        (derivations, now),
    )?;
    if submission.is_intake
        && problems.is_empty()
        && answer.documents.is_empty()
        && submission.folders.is_empty()
        && submission.associations.is_empty()
    {
        set::delete(tx, set_id)?;
        answer.outcome = if two_current { Outcome::TwoCurrent } else { answer.outcome };
        return Ok(answer);
    }
    answer.outcome = if two_current { Outcome::TwoCurrent } else { Outcome::Registered };
    folders(tx, submission, &whose.owner, &mut objects, &mut problems, now)?;
    explicit::refer(tx, submission, &objects)?;
    let owner = &whose.owner;
    let sent = (submission, &within);
    explicit::associate(tx, sent, owner, &mut objects, &mut problems, (derivations, now))?;
    if problems.is_empty() { Ok(answer) } else { Err(RegistryError::Refused(problems)) }
}

/// Registers the documents; whether one of them stands beside another current version.
fn documents(
    tx: &mut Tx,
    (submission, within): (&Prepared, &Within),
    whose: &Whose,
    objects: &mut Objects,
    answer: &mut Registered,
    problems: &mut Vec<Problem>,
    (derivations, now): (&Derivations, Timestamp),
) -> Result<bool, RegistryError> {
    let mut two_current = false;
    for (place, prepared) in submission.documents.iter().enumerate() {
        let parent = parent((submission, within), &whose.patients, place);
        let (patient, submission_set_id) = (&whose.patients[place], objects.set.id);
        let is_intake = submission.is_intake;
        let desk = Desk { patient, parent, submission_set_id, is_intake, derivations, now };
        let uuid = prepared.entry.entry_uuid;
        let Some(done) = collect(document::register(tx, prepared, &desk), problems)? else {
            objects.fail(uuid);
            continue;
        };
        two_current |= done.two_current;
        if done.is_new {
            answer.documents.push((place, done.id));
            answer.outcome = Outcome::Registered;
        } else {
            objects.referenced.push(done.id);
            if done.state_changed && answer.outcome == Outcome::AlreadyThere {
                answer.outcome = Outcome::StateChanged;
            }
        }
        objects.add(uuid, document_end(&done, prepared, desk.patient));
    }
    Ok(two_current)
}

/// A peer's set has a uniqueId that no object has, and an entryUUID of its own.
fn set_is_new(tx: &mut Tx, submission: &Prepared) -> Result<Vec<Problem>, RegistryError> {
    let set = &submission.set;
    let id_is_new = !row::is_unique_id_used(tx, &set.unique_id)?;
    let uuid_is_new = !row::is_uuid_used(tx, set.entry_uuid)?;
    let found = [
        rule::unique_id_is_new("SubmissionSet", &set.unique_id, id_is_new),
        rule::uuid_is_new("SubmissionSet", set.entry_uuid, uuid_is_new),
    ];
    Ok(found.into_iter().filter_map(Result::err).collect())
}

/// The document of a storage's item, of the same patient, to which the one at a place is attached
/// by its submission (APND).
fn parent<'a>(
    (submission, within): (&'a Prepared, &Within),
    patients: &[Patient],
    place: usize,
) -> Option<Parent<'a>> {
    let attached = &submission.documents[place].entry;
    if attached.intake.is_some() {
        return None;
    }
    within.appended_to(attached.entry_uuid).find_map(|at| {
        let main = &submission.documents[at];
        main.entry.intake.as_ref()?;
        (patients[at].identity_id == patients[place].identity_id).then_some(())?;
        let category = main.content.line.category.name();
        let is_restricted = main.entry.is_restricted();
        Some(Parent { source_id: patients[at].source_id?, category, is_restricted })
    })
}

/// The set's uniqueId or entryUUID is taken: the submission was sent before, or it is wrong.
fn repeat(
    tx: &mut Tx,
    (submission, within): (&Prepared, &Within),
    whose: &Whose,
    derivations: &Derivations,
    now: Timestamp,
) -> Result<Registered, RegistryError> {
    let set = &submission.set;
    let patients = &whose.patients;
    let Some(set_id) = set::id_by_unique_id(tx, &set.unique_id)? else {
        return Err(uuid_is_taken("SubmissionSet", set.entry_uuid)?);
    };
    let mut outcome = Outcome::AlreadyThere;
    for (place, prepared) in submission.documents.iter().enumerate() {
        let known = row::known(tx, &prepared.entry.unique_id)?;
        if known.is_none() && removal::is_remembered(tx, prepared.entry.entry_uuid)? {
            forget(tx, prepared)?;
            continue;
        }
        rule::unique_id_is_new("SubmissionSet", &set.unique_id, known.is_some())?;
        let Some(known) = known else { continue };
        let parent = parent((submission, within), patients, place);
        let patient = &patients[place];
        let is_intake = true;
        let desk = Desk { patient, parent, submission_set_id: set_id, is_intake, derivations, now };
        let done = document::repeat(tx, prepared, &known, &desk)?;
        if done.two_current {
            outcome = Outcome::TwoCurrent;
        } else if done.state_changed && outcome == Outcome::AlreadyThere {
            outcome = Outcome::StateChanged;
        }
    }
    for (new, _) in &submission.folders {
        let known = folder::id_by_unique_id(tx, &new.unique_id)?.is_some()
            || removal::is_remembered(tx, new.entry_uuid)?;
        rule::unique_id_is_new("SubmissionSet", &set.unique_id, known)?;
    }
    for new in &submission.associations {
        let known = within.is_implied(new)
            || association::is_known(tx, new.entry_uuid)?
            || removal::is_remembered(tx, new.entry_uuid)?;
        rule::unique_id_is_new("SubmissionSet", &set.unique_id, known)?;
    }
    Ok(Registered { outcome, documents: Vec::new(), person_id: whose.owner.person_id })
}

/// A version that was removed for good (ITI-62) and that its source still shows stays away: the
/// gateway is answered as if it were there.
fn forgotten(
    tx: &mut Tx,
    submission: &Prepared,
    person_id: i64,
) -> Result<Registered, RegistryError> {
    for prepared in &submission.documents {
        forget(tx, prepared)?;
    }
    Ok(Registered { outcome: Outcome::AlreadyThere, documents: Vec::new(), person_id })
}

/// The object of a large document was put before this transaction: it goes again.
fn forget(tx: &mut Tx, prepared: &PreparedDocument) -> Result<(), RegistryError> {
    if prepared.held && prepared.in_objects {
        removal::doom_object(tx, &prepared.sha256)?;
    }
    Ok(())
}

fn folders(
    tx: &mut Tx,
    submission: &Prepared,
    owner: &Patient,
    objects: &mut Objects,
    problems: &mut Vec<Problem>,
    now: Timestamp,
) -> Result<(), RegistryError> {
    for (new, text) in &submission.folders {
        let id = collect(folder(tx, submission, new, text, owner, now), problems)?;
        let Some(id) = id else {
            objects.fail(new.entry_uuid);
            continue;
        };
        if submission.is_intake {
            let made = Joined { kind: EndKind::Folder, id, uuid: new.entry_uuid };
            relation::tie_to_set(tx, made, objects.set.id)?;
        }
        let end = End { kind: EndKind::Folder, id, ..set_end(id, owner) };
        objects.add(new.entry_uuid, end);
    }
    Ok(())
}

fn folder(
    tx: &mut Tx,
    submission: &Prepared,
    new: &Folder,
    text: &str,
    owner: &Patient,
    now: Timestamp,
) -> Result<i64, RegistryError> {
    let is_used = match submission.is_intake {
        true => folder::id_by_unique_id(tx, &new.unique_id)?.is_some(),
        false => row::is_unique_id_used(tx, &new.unique_id)?,
    };
    rule::unique_id_is_new("Folder", &new.unique_id, !is_used)?;
    if !submission.is_intake {
        let is_new = !row::is_uuid_used(tx, new.entry_uuid)?;
        rule::uuid_is_new("Folder", new.entry_uuid, is_new)?;
    }
    match folder::insert(tx, new, text, owner.identity_id, now)? {
        Some(id) => Ok(id),
        None => Err(uuid_is_taken("Folder", new.entry_uuid)?),
    }
}

/// The set as an end of associations.
fn set_end(id: i64, owner: &Patient) -> End {
    End {
        kind: EndKind::SubmissionSet,
        id,
        identity_id: owner.identity_id,
        person_id: owner.person_id,
        availability: Availability::Approved,
        item_id: None,
        is_on_demand: false,
    }
}

fn document_end(
    done: &document::Registered,
    prepared: &PreparedDocument,
    patient: &Patient,
) -> End {
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
        is_on_demand: !prepared.entry.kind.is_stable(),
    }
}

fn uuid_is_taken(object: &str, uuid: uuid::Uuid) -> Result<RegistryError, Problem> {
    rule::uuid_is_new(object, uuid, false)?;
    Ok(RegistryError::Store(StoreError::Damaged(format!("{object} {uuid} took no row"))))
}
