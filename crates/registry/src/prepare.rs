//! What a submission needs before any transaction: rules of its message, facts, metadata.

use crate::content::{Content, derive_content};
use crate::error::{ErrorCode, Violation};
use crate::rule::{self, Message};
use model::document::{Association, DocumentEntry, Folder, SubmissionSet};
use model::reason::Flag;
use store::document::{folder, metadata, set};

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

/// A submission ready for its transaction.
#[derive(Debug, Clone)]
pub struct Prepared {
    pub(crate) set: SubmissionSet,
    pub(crate) set_metadata: String,
    pub(crate) documents: Vec<PreparedDocument>,
    pub(crate) folders: Vec<(Folder, String)>,
    pub(crate) associations: Vec<Association>,
}

/// A document ready for its transaction.
#[derive(Debug, Clone)]
pub struct PreparedDocument {
    pub(crate) entry: DocumentEntry,
    pub(crate) metadata: String,
    pub(crate) sha256: [u8; 32],
    pub(crate) in_objects: bool,
    pub(crate) content: Content,
    pub(crate) flags: Vec<Flag>,
}

impl Prepared {
    /// The patient that the submission names first: domain OID and local ID.
    pub fn patient(&self) -> Option<(&str, &str)> {
        self.documents.first().map(|document| {
            let patient = &document.entry.source_patient_id;
            (patient.authority.oid.as_str(), patient.id.as_str())
        })
    }
}

/// Checks a submission against the rules that need no registry and derives its facts.
pub fn prepare(
    set: SubmissionSet,
    documents: Vec<Incoming<'_>>,
    folders: Vec<Folder>,
    associations: Vec<Association>,
) -> Result<Prepared, Violation> {
    let entries: Vec<&DocumentEntry> = documents.iter().map(|document| &document.entry).collect();
    rule::message(Message {
        set: &set,
        entries: &entries,
        folders: &folders,
        associations: &associations,
    })?;
    let set_metadata = set::metadata(&set).map_err(|error| unwritable(&set.unique_id, &error))?;
    let folders: Result<Vec<_>, Violation> = folders
        .into_iter()
        .map(|folder| {
            let text =
                folder::metadata(&folder).map_err(|error| unwritable(&folder.unique_id, &error))?;
            Ok((folder, text))
        })
        .collect();
    let documents: Result<Vec<_>, Violation> = documents.into_iter().map(document).collect();
    Ok(Prepared { set, set_metadata, documents: documents?, folders: folders?, associations })
}

fn document(incoming: Incoming<'_>) -> Result<PreparedDocument, Violation> {
    let content = derive_content(&incoming.entry, incoming.bytes)?;
    let text = metadata::write(&incoming.entry)
        .map_err(|error| unwritable(&incoming.entry.unique_id, &error))?;
    let of_intake = incoming.entry.intake.iter().flat_map(|intake| intake.flags.iter());
    let mut flags: Vec<Flag> = of_intake.chain(&content.flags).copied().collect();
    flags.sort_unstable();
    flags.dedup();
    Ok(PreparedDocument {
        entry: incoming.entry,
        metadata: text,
        sha256: incoming.sha256,
        in_objects: incoming.in_objects,
        content,
        flags,
    })
}

fn unwritable(unique_id: &str, error: &serde_json::Error) -> Violation {
    Violation {
        code: ErrorCode::XdsRegistryMetadataError,
        section: "metadata",
        context: format!("metadata of {unique_id} cannot be written as JSON: {error}"),
    }
}
