//! The reading side of a pass: one logical item in, submissions ready for the centre out. Pure
//! but for reading the storage; runs on threads of its own.

use crate::beneath::{FileStamp, ReadFile, RootFolder, Trouble};
use crate::budget::{ByteBudget, Permit, Throttle};
use crate::codes::Codes;
use crate::content::{self, Content, ContentTrouble};
use crate::describe;
use crate::identifiers::{message_content, sha256};
use crate::listing::{self, Candidate, reason_of};
use crate::metadata::{Attachment, Described, SubmissionMaker, Version};
use crate::place::{self, RootRole};
use crate::source::Source;
use crate::stop::Stop;
use bytes::Bytes;
use model::item::VersionState;
use model::reason::Reason;
use model::{Clock, DataType, limits};
use ports::{DemographicsUpdate, Submission};
use ssmix2::layout::extended::mime_type;
use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

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

/// What became of one version.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// Ready for the centre.
    Prepared(Box<Prepared>),
    /// For the quarantine.
    Rejected(Box<Rejected>),
    /// As it was.
    Unchanged,
}

/// A version that is ready for the centre.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub place: Vec<u8>,
    pub patient_id: String,
    pub stamp: FileStamp,
    pub unique_id: String,
    pub sent: String,
    pub state: VersionState,
    pub category: &'static str,
    pub submission: Submission,
    pub demographics: Option<DemographicsUpdate>,
    /// The document that stood at this place before it was rewritten, and what it becomes, with
    /// the attachments that came with it.
    pub superseded: Option<(String, VersionState)>,
    /// uniqueIds of the attachments of a version that is not current: they share its state.
    pub attached: Vec<String>,
    /// Why the place waits in quarantine, which it leaves once it is taken.
    pub was_quarantined: Option<Reason>,
    /// SHA-256 of the file, for the quarantine should the centre refuse it.
    pub sha256: [u8; 32],
    /// Given back once the ledger has it.
    pub _permit: Option<Permit>,
}

/// A version for the quarantine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rejected {
    pub place: Vec<u8>,
    pub patient_id: String,
    pub reason: Reason,
    pub detail: String,
    pub stamp: Option<FileStamp>,
    pub sha256: Option<[u8; 32]>,
    pub bytes: Option<Vec<u8>>,
    /// uniqueId of what was taken from this place before, if anything was.
    pub known_unique_id: String,
}

enum Payload {
    Message(Vec<u8>),
    /// The header line of a delete record that has no message.
    Header(Vec<u8>),
    Folder(Content),
}

/// A payload taken apart: the document, and what belongs to it.
struct Unpacked {
    name: String,
    bytes: Vec<u8>,
    others: Vec<(String, ReadFile)>,
    is_header: bool,
}

impl Payload {
    fn unpack(self) -> Unpacked {
        let is_header = matches!(self, Payload::Header(_));
        let (name, bytes, others) = match self {
            Payload::Message(bytes) | Payload::Header(bytes) => (String::new(), bytes, Vec::new()),
            Payload::Folder(Content { primary: (name, file), attachments, .. }) => {
                (name, file.bytes, attachments)
            }
        };
        Unpacked { name, bytes, others, is_header }
    }
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

    /// Reads a version; a file that is still young is waited for once, a renamed one is looked
    /// for under its new name.
    #[allow(clippy::type_complexity)]
    fn read(
        &self,
        candidate: &mut Candidate,
    ) -> Option<Result<(Payload, FileStamp, Permit), (Vec<u8>, Trouble)>> {
        let mut waited = false;
        let mut attempt = 0;
        loop {
            attempt += 1;
            self.pace();
            let read = self.read_once(candidate)?;
            match read {
                Ok((payload, stamp, permit)) => {
                    let Some(wait) = self.young_for(stamp).filter(|_| !waited) else {
                        return Some(Ok((payload, stamp, permit)));
                    };
                    drop((payload, permit));
                    waited = true;
                    self.stop.asked_within(wait);
                }
                Err((_, Trouble::Missing | Trouble::Changing))
                    if attempt < limits::INTAKE_ATTEMPTS =>
                {
                    self.find_again(candidate);
                }
                Err(trouble) => return Some(Err(trouble)),
            }
        }
    }

    #[allow(clippy::type_complexity)]
    fn read_once(
        &self,
        candidate: &mut Candidate,
    ) -> Option<Result<(Payload, FileStamp, Permit), (Vec<u8>, Trouble)>> {
        let at = candidate.relative.clone();
        let Some(root) = self.roots.get(&(candidate.role, candidate.ordinal)) else {
            return Some(Err((at, Trouble::Missing)));
        };
        if candidate.role == RootRole::Extended {
            return self.read_folder(root, candidate);
        }
        let open = match root.open_file(&at) {
            Ok(open) => open,
            Err(trouble) => return Some(Err((at, trouble))),
        };
        candidate.stamp = Some(open.stamp);
        let permit = self.budget.take(open.stamp.size.min(limits::SSMIX2_FILE_BYTES))?;
        Some(match open.read(limits::SSMIX2_FILE_BYTES) {
            Ok(read) => Ok((Payload::Message(read.bytes), read.stamp, permit)),
            Err(trouble) => Err((at, trouble)),
        })
    }

    #[allow(clippy::type_complexity)]
    fn read_folder(
        &self,
        root: &RootFolder,
        candidate: &mut Candidate,
    ) -> Option<Result<(Payload, FileStamp, Permit), (Vec<u8>, Trouble)>> {
        let files = match content::files(root, &candidate.relative) {
            Ok(files) => files,
            Err(trouble) => return Some(Err((candidate.relative.clone(), trouble))),
        };
        let stamp = content::stamp(&files);
        candidate.stamp = Some(stamp);
        let size = stamp.size.min(limits::SSMIX2_FILE_BYTES);
        let permit = self.budget.take(size)?;
        Some(match content::read(root, &candidate.relative) {
            Ok(read) => {
                let stamp = read.stamp;
                Ok((Payload::Folder(read), stamp, permit))
            }
            Err(ContentTrouble::Empty) => {
                let nothing = Payload::Message(Vec::new());
                Ok((nothing, stamp, permit))
            }
            Err(ContentTrouble::Within(path, trouble)) => Err((path, trouble)),
        })
    }

    /// Looks in the folder of a version that is no longer where it was listed: hospitals rename
    /// flag 1 to 2 or 0 under the reader.
    fn find_again(&self, candidate: &mut Candidate) {
        let Some(root) = self.roots.get(&(candidate.role, candidate.ordinal)) else { return };
        let Some(at) = candidate.relative.iter().rposition(|byte| *byte == b'/') else { return };
        let parent = &candidate.relative[..at];
        let Ok(entries) = root.folder(parent).and_then(|folder| folder.entries()) else { return };
        for entry in entries {
            let path = listing::join(parent, &entry.name);
            let Some((item, sent, state)) = listing::identify(candidate.role, &path) else {
                continue;
            };
            if item == candidate.item && sent == candidate.sent {
                candidate.place = place::place(candidate.role, candidate.ordinal, &path);
                candidate.relative = path;
                candidate.state = state;
                return;
            }
        }
    }

    fn pace(&self) {
        let wait_us = self.throttle.wait_us(self.clock.now().0);
        if wait_us > 0 {
            self.stop.asked_within(Duration::from_micros(wait_us));
        }
    }

    /// How long a file is still too young to be trusted. One from the future tells nothing: its
    /// server's clock is another.
    fn young_for(&self, stamp: FileStamp) -> Option<Duration> {
        let stable_us = i64::from(self.source.settings.stability_s) * 1_000_000;
        let age_us = self.clock.now().0 - stamp.modified_us;
        let wait_us = (0..stable_us).contains(&age_us).then(|| stable_us - age_us)?;
        Some(Duration::from_micros(u64::try_from(wait_us).ok()?))
    }
}

/// Whether the bytes of a quarantined item may be kept: only where its PID has been found to be
/// the enrolled patient's. The others may be somebody's who does not take part.
pub(crate) fn keeps_bytes(reason: Reason) -> bool {
    matches!(
        reason,
        Reason::TwoCurrent | Reason::BroughtBack | Reason::Refused | Reason::TypeMismatch
    )
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

fn unreadable(candidate: &Candidate, at: Vec<u8>, trouble: &Trouble) -> Rejected {
    let reason = reason_of(trouble).unwrap_or(Reason::Vanished);
    let what = match at == candidate.relative {
        true => String::new(),
        false => format!("{}: ", place::shown_bytes(&at[candidate.relative.len()..])),
    };
    Rejected {
        place: candidate.place.clone(),
        patient_id: candidate.item.patient_id.clone(),
        reason,
        detail: format!("{what}{trouble}"),
        stamp: candidate.stamp,
        sha256: None,
        bytes: None,
        known_unique_id: known_unique_id(candidate),
    }
}

fn known_unique_id(candidate: &Candidate) -> String {
    candidate.known.as_ref().map(|known| known.unique_id.clone()).unwrap_or_default()
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
