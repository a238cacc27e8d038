//! What a submission needs before any transaction: rules of its message, facts, metadata.

use crate::content::{Content, derive_content, of_metadata};
use crate::error::{ErrorCode, Problem};
use crate::names::association_uuid;
use ebrim::{Submission, Submitted, Transaction};
use model::document::{
    Association, AssociationDetails, AssociationType, DocumentEntry, Folder, SubmissionSet,
    SubmissionSetStatus,
};
use model::hl7::PatientId;
use model::reason::Flag;
use ports::Caller;
use store::document::{folder, metadata, set};

/// SHA-256 of a document whose bytes are not here.
const NOTHING: [u8; 32] = [
    0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24,
    0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
];

/// A document as the repository hands it on: hash and size are those of the bytes.
#[derive(Debug, Clone)]
pub struct Incoming<'a> {
    /// Its metadata.
    pub entry: DocumentEntry,
    /// Its bytes.
    pub bytes: &'a [u8],
    /// Their SHA-256.
    pub sha256: [u8; 32],
    /// Whether they are kept as an object rather than in the database.
    pub in_objects: bool,
}

/// The bytes of a document that came by the wire, as far as they are known.
#[derive(Debug, Clone, Copy)]
pub struct Held<'a> {
    /// Their SHA-256.
    pub sha256: [u8; 32],
    /// Whether they are kept as an object rather than in the database.
    pub in_objects: bool,
    /// The bytes, where they are at hand for reading facts.
    pub bytes: Option<&'a [u8]>,
}

/// A submission ready for its transaction.
#[derive(Debug, Clone)]
pub struct Prepared {
    pub(crate) set: SubmissionSet,
    pub(crate) set_metadata: String,
    pub(crate) documents: Vec<PreparedDocument>,
    pub(crate) folders: Vec<(Folder, String)>,
    pub(crate) associations: Vec<Association>,
    /// The patientIds that it names, each once.
    pub(crate) named: Vec<PatientId>,
    /// The domain in which these are.
    pub(crate) affinity_oid: String,
    /// Whether a gateway of ours submits what it read: named by sourcePatientId, repeatable,
    /// its set's HasMembers implied.
    pub(crate) is_intake: bool,
    /// Who submits: what it may not know of is not there for it.
    pub(crate) caller: Caller,
}

/// A document ready for its transaction.
#[derive(Debug, Clone)]
pub struct PreparedDocument {
    pub(crate) entry: DocumentEntry,
    pub(crate) metadata: String,
    pub(crate) sha256: [u8; 32],
    pub(crate) in_objects: bool,
    pub(crate) held: bool,
    pub(crate) content: Content,
    pub(crate) flags: Vec<Flag>,
}

impl Prepared {
    /// The submission of a caller; without one it is the centre's own.
    pub fn of_caller(self, caller: Caller) -> Prepared {
        Prepared { caller, ..self }
    }

    /// size of the document at a place; 0 where there is none.
    pub fn size_of(&self, place: usize) -> u64 {
        self.documents.get(place).map_or(0, |one| one.entry.size)
    }

    /// uniqueId of its set.
    pub fn set_unique_id(&self) -> &str {
        &self.set.unique_id
    }

    /// The patient that the submission names first: domain OID and ID.
    pub fn patient(&self) -> Option<(&str, &str)> {
        let document = self.documents.first().map(|document| &document.entry.source_patient_id);
        let patient = if self.is_intake { document } else { self.named.first() };
        patient.map(|patient| (patient.authority.oid.as_str(), patient.id.as_str()))
    }
}

/// Checks a submission that was made in this process against the rules that need no registry,
/// and derives its facts. Its set's HasMembers are implied.
pub fn prepare(
    set: SubmissionSet,
    documents: Vec<Incoming<'_>>,
    folders: Vec<Folder>,
    associations: Vec<Association>,
) -> Result<Prepared, Vec<Problem>> {
    let mut held = Vec::with_capacity(documents.len());
    let mut entries = Vec::with_capacity(documents.len());
    for incoming in documents {
        entries.push(submitted(incoming.entry.entry_uuid, incoming.entry));
        held.push(Some(Held {
            sha256: incoming.sha256,
            in_objects: incoming.in_objects,
            bytes: Some(incoming.bytes),
        }));
    }
    let folders: Vec<Submitted<Folder>> =
        folders.into_iter().map(|folder| submitted(folder.entry_uuid, folder)).collect();
    let uuids: Vec<_> = entries.iter().map(|one| one.object.entry_uuid).collect();
    let members = uuids.into_iter().chain(folders.iter().map(|one| one.object.entry_uuid));
    let mut all: Vec<Association> =
        members.map(|member| implied_member(set.entry_uuid, member)).collect();
    let implied = all.len();
    all.extend(associations);
    let mut submission = Submission {
        set: submitted(set.entry_uuid, set),
        documents: entries,
        folders,
        associations: all,
        ..Submission::default()
    };
    let problems = ebrim::object::check(&submission, Transaction::Register);
    if !problems.is_empty() {
        return Err(problems);
    }
    submission.associations.drain(..implied);
    let mut prepared = rows(submission, &held, "")?;
    prepared.is_intake = true;
    Ok(prepared)
}

/// Prepares a submission that was read from a message and checked there. `held` tells of each
/// document's bytes, `None` where another repository holds them.
pub fn prepare_message(
    mut submission: Submission,
    held: &[Option<Held<'_>>],
    affinity_oid: &str,
) -> Result<Prepared, Vec<Problem>> {
    let is_intake = submission.documents.iter().any(|one| one.object.intake.is_some());
    if is_intake {
        let set = submission.set.object.entry_uuid;
        let brought: Vec<_> = submission
            .documents
            .iter()
            .map(|one| one.object.entry_uuid)
            .chain(submission.folders.iter().map(|one| one.object.entry_uuid))
            .collect();
        submission.associations.retain(|one| {
            !(one.association_type == AssociationType::HasMember
                && one.source == set
                && brought.contains(&one.target))
        });
    }
    let mut prepared = rows(submission, held, affinity_oid)?;
    prepared.is_intake = is_intake;
    Ok(prepared)
}

fn rows(
    submission: Submission,
    held: &[Option<Held<'_>>],
    affinity_oid: &str,
) -> Result<Prepared, Vec<Problem>> {
    let named = named(&submission);
    let mut problems = Vec::new();
    let mut documents = Vec::with_capacity(submission.documents.len());
    for (place, one) in submission.documents.into_iter().enumerate() {
        let held = held.get(place).copied().flatten();
        match document(one.object, held) {
            Ok(document) => documents.push(document),
            Err(problem) => problems.push(problem),
        }
    }
    let mut folders = Vec::with_capacity(submission.folders.len());
    for one in submission.folders {
        match folder::metadata(&one.object) {
            Ok(text) => folders.push((one.object, text)),
            Err(error) => problems.push(unwritable(&one.object.unique_id, &error)),
        }
    }
    let set = submission.set.object;
    let set_metadata = match set::metadata(&set) {
        Ok(text) => text,
        Err(error) => {
            problems.push(unwritable(&set.unique_id, &error));
            String::new()
        }
    };
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(Prepared {
        set,
        set_metadata,
        documents,
        folders,
        associations: submission.associations,
        named,
        affinity_oid: affinity_oid.to_owned(),
        is_intake: false,
        caller: Caller::Trusted,
    })
}

/// The patientIds of a message, each once, that of the set first.
fn named(submission: &Submission) -> Vec<PatientId> {
    let mut named: Vec<PatientId> = Vec::new();
    let of_set = submission.set.patient_id.iter();
    let of_documents = submission.documents.iter().filter_map(|one| one.patient_id.as_ref());
    let of_folders = submission.folders.iter().filter_map(|one| one.patient_id.as_ref());
    for id in of_set.chain(of_documents).chain(of_folders) {
        if !named.contains(id) {
            named.push(id.clone());
        }
    }
    named
}

pub(crate) fn document(
    entry: DocumentEntry,
    held: Option<Held<'_>>,
) -> Result<PreparedDocument, Problem> {
    let content = match held.and_then(|held| held.bytes) {
        Some(bytes) => derive_content(&entry, bytes)?,
        None => of_metadata(&entry),
    };
    let text = metadata::write(&entry).map_err(|error| unwritable(&entry.unique_id, &error))?;
    let of_intake = entry.intake.iter().flat_map(|intake| intake.flags.iter());
    let mut flags: Vec<Flag> = of_intake.chain(&content.flags).copied().collect();
    flags.sort_unstable();
    flags.dedup();
    Ok(PreparedDocument {
        entry,
        metadata: text,
        sha256: held.map_or(NOTHING, |held| held.sha256),
        in_objects: held.is_some_and(|held| held.in_objects),
        held: held.is_some(),
        content,
        flags,
    })
}

fn submitted<T>(uuid: uuid::Uuid, object: T) -> Submitted<T> {
    Submitted {
        object,
        id: uuid.urn().to_string(),
        patient_id: None,
        availability: None,
        size: None,
        last_update: None,
    }
}

fn implied_member(set: uuid::Uuid, member: uuid::Uuid) -> Association {
    let details = AssociationDetails {
        submission_set_status: Some(SubmissionSetStatus::Original),
        ..AssociationDetails::default()
    };
    Association {
        entry_uuid: association_uuid(AssociationType::HasMember, set, member),
        association_type: AssociationType::HasMember,
        source: set,
        target: member,
        details: details.boxed(),
    }
}

pub(crate) fn unwritable(unique_id: &str, error: &serde_json::Error) -> Problem {
    let context = format!("metadata of {unique_id} cannot be written as JSON: {error}");
    Problem::new(ErrorCode::XdsRegistryMetadataError, "metadata", context)
}
