//! A submission: SubmitObjectsRequest of ITI-42, ITI-57, ITI-61 and ITI-92, alone or inside of
//! a ProvideAndRegisterDocumentSetRequest (ITI-41).

use crate::entry::read_entry;
use crate::ids::{Ids, is_uuid_urn, uuid_of};
use crate::names::{LCM, RIM, XDSB, folder, set};
use crate::package::{read_folder, read_set};
use crate::part::{self, Part};
use crate::problem::{ErrorCode, Problem};
use crate::raw::{Beside, RawObject};
use crate::{link, rule};
use model::IdSource;
use model::document::{Association, Availability, DocumentEntry, Folder, SubmissionSet};
use model::hl7::PatientId;
use model::limits::SUBMISSION_OBJECTS;
use uuid::Uuid;
use xml::Element;

const STRUCTURE: &str = "ITI TF-2 3.42.4.1.2";
const IDS: &str = "ITI TF-3 4.2.3.1.1";

/// Which transaction a submission belongs to: it decides what must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Transaction {
    /// ITI-41: the repository fills in hash, size and repositoryUniqueId.
    ProvideAndRegister,
    /// ITI-42
    Register,
    /// ITI-61: on-demand entries only.
    RegisterOnDemand,
    /// ITI-57
    Update,
    /// ITI-92
    RestrictedUpdate,
}

impl Transaction {
    /// Whether it changes metadata that are registered.
    pub fn is_update(self) -> bool {
        matches!(self, Transaction::Update | Transaction::RestrictedUpdate)
    }
}

/// How a submission is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadOptions {
    /// The transaction.
    pub transaction: Transaction,
    /// Whether the sender is a gateway of ours: its `urn:musubi:…` slots become
    /// [`DocumentEntry::intake`], times and demographics. From others they stay extra slots.
    pub trusts_intake: bool,
}

impl ReadOptions {
    /// A submission of a foreign sender.
    pub fn of(transaction: Transaction) -> ReadOptions {
        ReadOptions { transaction, trusts_intake: false }
    }
}

/// An object with what the wire says beside its metadata.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Submitted<T> {
    /// The object, its entryUUID given.
    pub object: T,
    /// `id` as it was sent: a symbol or a `urn:uuid:`.
    pub id: String,
    /// patientId
    pub patient_id: Option<PatientId>,
    /// availabilityStatus as sent; a registry makes new objects Approved whatever it says.
    pub availability: Option<Availability>,
    /// size as sent; `None` where there was none (the repository counts).
    pub size: Option<u64>,
    /// lastUpdateTime of a folder as sent; a registry sets its own.
    pub last_update: Option<model::PartialTime>,
}

/// What a SubmitObjectsRequest holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Submission {
    /// The submission set.
    pub set: Submitted<SubmissionSet>,
    /// The entries, in their order.
    pub documents: Vec<Submitted<DocumentEntry>>,
    /// The folders.
    pub folders: Vec<Submitted<Folder>>,
    /// The associations.
    pub associations: Vec<Association>,
    /// The ids of ObjectRefs, as sent. Nothing follows from them.
    pub object_refs: Vec<String>,
    /// The documents named beside the metadata (ITI-41 only), by their entries.
    pub parts: Vec<Part>,
}

/// What was read and what is wrong with it. Only [`Read::into_result`] gives it away, so nobody
/// registers what has problems.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read<T> {
    value: T,
    problems: Vec<Problem>,
}

impl<T> Read<T> {
    pub(crate) fn new(value: T, problems: Vec<Problem>) -> Read<T> {
        Read { value, problems }
    }

    /// Adds what another check of the same message finds, such as [`crate::Affinity::check`].
    #[must_use]
    pub fn check(mut self, check: impl FnOnce(&T) -> Vec<Problem>) -> Read<T> {
        let found = check(&self.value);
        self.problems.extend(found);
        self
    }

    /// What was read.
    ///
    /// # Errors
    /// Everything that is wrong with it, warnings excepted.
    pub fn into_result(self) -> Result<T, Vec<Problem>> {
        match self.problems.iter().all(|problem| problem.code.is_warning()) {
            true => Ok(self.value),
            false => Err(self.problems),
        }
    }

    /// The problems so far.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

/// Reads a SubmitObjectsRequest, UpdateObjectsRequest or ProvideAndRegisterDocumentSetRequest.
/// Symbolic ids become UUIDs of `ids`.
pub fn read_submission(
    request: Element<'_>,
    options: &ReadOptions,
    ids: &dyn IdSource,
) -> Read<Submission> {
    let submit = match request.is(XDSB, "ProvideAndRegisterDocumentSetRequest") {
        true => request.child(LCM, "SubmitObjectsRequest"),
        false => Some(request),
    };
    let list = submit
        .filter(|one| one.is(LCM, "SubmitObjectsRequest") || one.is(LCM, "UpdateObjectsRequest"))
        .and_then(|one| one.child(RIM, "RegistryObjectList"));
    let Some(list) = list else {
        let context = format!(
            "{} holds no SubmitObjectsRequest with a RegistryObjectList of ebRIM 3.0",
            request.name()
        );
        return Read::new(Submission::default(), vec![refused(STRUCTURE, context)]);
    };
    if let Some(problem) = too_many_objects(list, options.transaction) {
        return Read::new(Submission::default(), vec![problem]);
    }
    let mut reader = Reader {
        ids: Ids::new(ids),
        options,
        submission: Submission::default(),
        problems: Vec::new(),
        sets: 0,
    };
    reader.read(list);
    let Reader { mut submission, mut problems, sets, .. } = reader;
    problems.extend(rule::one_set(sets));
    if sets == 1 {
        problems.extend(rule::message(&submission, options.transaction));
    }
    if options.transaction == Transaction::ProvideAndRegister {
        let (parts, more) = part::read_parts(request, &submission);
        submission.parts = parts;
        problems.extend(more);
    }
    Read::new(submission, problems)
}

struct Reader<'o> {
    ids: Ids<'o>,
    options: &'o ReadOptions,
    submission: Submission,
    problems: Vec<Problem>,
    sets: usize,
}

impl Reader<'_> {
    fn read(&mut self, list: Element<'_>) {
        let mut beside = Beside::of(list);
        let mut objects: Vec<(Uuid, RawObject<'_>)> = Vec::new();
        for element in list.children().filter(|element| element.namespace() == RIM) {
            match element.name() {
                name if is_object(name) => {
                    let object = RawObject::read(element, &mut beside);
                    objects.push((self.declare(&object), object));
                }
                "ObjectRef" => self
                    .submission
                    .object_refs
                    .push(element.attribute("id").unwrap_or_default().trim().to_owned()),
                _ => {}
            }
        }
        for (uuid, object) in &objects {
            match object.element.name() {
                "ExtrinsicObject" => {
                    let entry = read_entry(*uuid, object, Some(self.options), &mut self.problems);
                    self.submission.documents.push(entry);
                }
                "RegistryPackage" => self.package(*uuid, object),
                _ => {
                    let association = link::read(*uuid, object, &self.ids, &mut self.problems);
                    self.submission.associations.extend(association);
                }
            }
        }
    }

    fn declare(&mut self, object: &RawObject<'_>) -> Uuid {
        let label = object.label(object.element.name());
        if is_uuid_urn(object.id) && uuid_of(object.id).is_none() {
            self.problems.push(refused(IDS, format!("{label}: its id is no UUID")));
        }
        let (uuid, is_new) = self.ids.declare(object.id);
        if !is_new {
            self.problems.push(refused(IDS, format!("{label}: another object has this id")));
        }
        uuid
    }

    fn package(&mut self, uuid: Uuid, object: &RawObject<'_>) {
        let (is_set, is_folder) = (object.is_of_node(set::NODE), object.is_of_node(folder::NODE));
        match (is_set, is_folder) {
            (true, false) => {
                self.sets += 1;
                self.submission.set = read_set(uuid, object, true, &mut self.problems);
            }
            (false, true) => {
                let options = Some(self.options);
                let folder = read_folder(uuid, object, options, &mut self.problems);
                self.submission.folders.push(folder);
            }
            _ => {
                let label = object.label("RegistryPackage");
                let context =
                    format!("{label} is classified neither as SubmissionSet nor as Folder");
                self.problems.push(refused("ITI TF-3 4.2.1", context));
            }
        }
    }
}

/// A submission is one transaction, and others wait for it.
fn too_many_objects(list: Element<'_>, transaction: Transaction) -> Option<Problem> {
    let is_object = |element: &Element<'_>| element.namespace() == RIM && is_object(element.name());
    let count = list.children().filter(is_object).count() as u64;
    let code = match transaction {
        Transaction::ProvideAndRegister => ErrorCode::XdsRepositoryOutOfResources,
        _ => ErrorCode::XdsRegistryOutOfResources,
    };
    (count > SUBMISSION_OBJECTS).then(|| {
        let context = format!(
            "the submission holds {count} objects and {SUBMISSION_OBJECTS} are taken at once: \
             send several submissions"
        );
        Problem::new(code, STRUCTURE, context)
    })
}

fn is_object(name: &str) -> bool {
    matches!(name, "ExtrinsicObject" | "RegistryPackage" | "Association")
}

fn refused(section: &'static str, context: String) -> Problem {
    Problem::new(ErrorCode::XdsRegistryMetadataError, section, context)
}
