//! The reading side of a pass: one logical item in, submissions ready for the centre out. Pure
//! but for reading the storage; runs on threads of its own.

mod outcome;
mod reading;

use crate::beneath::{FileStamp, ReadFile, RootFolder};
use crate::budget::{ByteBudget, Permit, Throttle};
use crate::codes::Codes;
use crate::describe;
use crate::identifiers::{message_content, sha256};
use crate::listing::Candidate;
use crate::metadata::{Attachment, Described, SubmissionMaker, Version};
use crate::place::RootRole;
use crate::source::Source;
use crate::stop::Stop;
use bytes::Bytes;
use model::item::VersionState;
use model::reason::Reason;
use model::{Clock, DataType};
use outcome::{known_unique_id, unreadable};
use ports::DemographicsUpdate;
use reading::{Payload, Unpacked};
use ssmix2::layout::extended::mime_type;
use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

pub(crate) use outcome::{Outcome, Prepared, Rejected, keeps_bytes};

/// What the reading threads of one pass share.
pub(crate) struct Workshop {
    pub source: Arc<Source>,
    pub codes: Arc<Codes>,
    pub repository_oid: String,
    pub clock: Arc<dyn Clock>,
    pub roots: HashMap<(RootRole, u32), RootFolder>,
    pub throttle: Throttle,
    pub budget: Arc<ByteBudget>,
    pub stop: Stop,
}

impl Workshop {
    /// Works through the versions of one item, oldest first; `emit` answers whether to go on.
    pub fn process(&self, group: Vec<Candidate>, emit: &mut dyn FnMut(Outcome) -> bool) {
        for candidate in group {
            if self.stop.is_asked() {
                return;
            }
            let outcome = if candidate.is_unchanged() {
                Outcome::Unchanged
            } else {
                match self.prepare(candidate) {
                    Some(Ok(prepared)) => Outcome::Prepared(prepared),
                    Some(Err(rejected)) => Outcome::Rejected(rejected),
                    None => return,
                }
            };
            if !emit(outcome) {
                return;
            }
        }
    }

    /// A record of a transaction file, made like a file of the storage; `header` stands for the
    /// message of a delete record that has none. `None` when the pass has been closed.
    pub fn prepare_record(
        &self,
        candidate: Candidate,
        body: Vec<u8>,
        header: &str,
    ) -> Option<Result<Box<Prepared>, Box<Rejected>>> {
        let is_blank = body.iter().all(|byte| byte.is_ascii_whitespace() || *byte == 0x1C);
        let payload = match is_blank && candidate.is_deletion {
            true => Payload::Header(header.as_bytes().to_vec()),
            false => Payload::Message(body),
        };
        let size = match &payload {
            Payload::Message(bytes) | Payload::Header(bytes) => bytes.len() as u64,
            Payload::Folder(folder) => folder.stamp.size,
        };
        let permit = self.budget.take(size)?;
        let stamp = FileStamp { size, modified_us: 0 };
        Some(self.make(candidate, payload, stamp, Some(permit)))
    }

    /// Reads one version and makes its submission. `None` when the pass has been closed.
    fn prepare(&self, mut candidate: Candidate) -> Option<Result<Box<Prepared>, Box<Rejected>>> {
        let (payload, stamp, permit) = match self.read(&mut candidate)? {
            Ok(read) => read,
            Err((trouble_at, trouble)) => {
                return Some(Err(Box::new(unreadable(&candidate, trouble_at, &trouble))));
            }
        };
        Some(self.make(candidate, payload, stamp, Some(permit)))
    }

    fn make(
        &self,
        candidate: Candidate,
        payload: Payload,
        stamp: FileStamp,
        permit: Option<Permit>,
    ) -> Result<Box<Prepared>, Box<Rejected>> {
        let Unpacked { name, bytes, others, is_header } = payload.unpack();
        let file_sha256 = sha256(&bytes);
        let reject = |reason: Reason, detail: String, bytes: &[u8]| {
            Box::new(Rejected {
                place: candidate.place.clone(),
                patient_id: candidate.item.patient_id.clone(),
                reason,
                detail,
                stamp: Some(stamp),
                sha256: Some(file_sha256),
                bytes: keeps_bytes(reason).then(|| bytes.to_vec()),
                known_unique_id: known_unique_id(&candidate),
            })
        };
        if bytes.is_empty() {
            return Err(reject(Reason::Empty, "the file holds nothing".to_owned(), &bytes));
        }
        let described = describe(&candidate, &name, &bytes, is_header)
            .map_err(|(reason, detail)| reject(reason, detail, &bytes))?;
        let content = match &candidate.kind {
            None => message_content(&bytes),
            Some(_) => folder_content(&file_sha256, &others),
        };
        let version = Version {
            item: &candidate.item,
            kind: candidate.kind.as_ref(),
            sent: &candidate.sent,
            department: &candidate.department,
            state: candidate.state,
            content,
        };
        let maker = SubmissionMaker::new(&self.source, &self.codes, &self.repository_oid);
        let unique_id = maker.identifiers(&version).unique_id;
        let demographics = demographics_update(&self.source, &candidate, &described);
        let superseded = superseded(&candidate, &unique_id);
        let attachments: Vec<Attachment> = others.into_iter().map(attachment).collect();
        let attached = match candidate.state {
            VersionState::Current => Vec::new(),
            _ => maker.attachment_unique_ids(&version, &attachments),
        };
        // Attachments are no items with states of their own: those of a deleted document are not
        // brought at all, and any that were brought before follow it.
        let is_deleted = candidate.state == VersionState::Deleted;
        let attachments = if is_deleted { Vec::new() } else { attachments };
        let submission = maker.submission(
            &version,
            described,
            Bytes::from(bytes),
            attachments,
            self.clock.now(),
        );
        Ok(Box::new(Prepared {
            patient_id: candidate.item.patient_id.clone(),
            category: category(&candidate.item.data_type),
            place: candidate.place,
            stamp,
            unique_id,
            sent: candidate.sent,
            state: candidate.state,
            submission,
            demographics,
            superseded,
            attached,
            was_quarantined: candidate.was_quarantined,
            sha256: file_sha256,
            _permit: permit,
        }))
    }
}

/// The category by which freshness is kept.
pub(crate) fn category(data_type: &str) -> &'static str {
    DataType::from_name(data_type).map_or("document", |known| known.category().name())
}

/// What the bytes say. A fault in a reader must cost one item, never the pass.
fn describe(
    candidate: &Candidate,
    name: &str,
    bytes: &[u8],
    is_header: bool,
) -> Result<Described, (Reason, String)> {
    let read = AssertUnwindSafe(|| match is_header {
        true => Ok(describe::bare_deletion(candidate)),
        false => describe::version(candidate, name, bytes),
    });
    let mut described = std::panic::catch_unwind(read).unwrap_or_else(|_| {
        Err((Reason::Failed, "reading it met a fault of ours; please report it".to_owned()))
    })?;
    described.is_delete_message |= candidate.is_deletion;
    Ok(described)
}

/// The document that the ledger knows at this place, if it was another: the file was rewritten
/// in place, so its old content is history, or deleted where the flag says so.
fn superseded(candidate: &Candidate, unique_id: &str) -> Option<(String, VersionState)> {
    let before = &candidate.known.as_ref()?.unique_id;
    let state = match candidate.state {
        VersionState::Deleted => VersionState::Deleted,
        VersionState::Current | VersionState::Deprecated => VersionState::Deprecated,
    };
    (!before.is_empty() && before != unique_id).then(|| (before.clone(), state))
}

/// What the identity role is told: never out of a delete message, whose PID may be stripped.
fn demographics_update(
    source: &Source,
    candidate: &Candidate,
    described: &Described,
) -> Option<DemographicsUpdate> {
    if described.is_delete_message || candidate.state == VersionState::Deleted {
        return None;
    }
    Some(DemographicsUpdate {
        domain_oid: source.domain.oid.clone(),
        local_id: candidate.item.patient_id.clone(),
        demographics: described.demographics.clone()?,
        sent: candidate.sent.clone(),
        authoritative: candidate.item.data_type == DataType::Adt00.name(),
    })
}

/// The content of a folder: of a single file its bytes, else of all files with their names.
fn folder_content(primary: &[u8; 32], others: &[(String, ReadFile)]) -> [u8; 32] {
    if others.is_empty() {
        return *primary;
    }
    let mut all = primary.to_vec();
    for (name, file) in others {
        all.extend_from_slice(name.as_bytes());
        all.push(0);
        all.extend_from_slice(&sha256(&file.bytes));
    }
    sha256(&all)
}

fn attachment((name, file): (String, ReadFile)) -> Attachment {
    let mime_type = mime_type(&name, &file.bytes).to_owned();
    Attachment { name, mime_type, bytes: Bytes::from(file.bytes) }
}

#[cfg(test)]
mod tests;
