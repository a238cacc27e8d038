//! Reading a version out of the storage while the hospital writes there.

use super::Workshop;
use crate::beneath::{FileStamp, ReadFile, RootFolder, Trouble};
use crate::budget::Permit;
use crate::content::{self, Content, ContentTrouble};
use crate::listing::{self, Candidate};
use crate::place::{self, RootRole};
use model::limits;
use std::time::Duration;

pub(super) enum Payload {
    Message(Vec<u8>),
    /// The header line of a delete record that has no message.
    Header(Vec<u8>),
    Folder(Content),
}

/// A payload taken apart: the document, and what belongs to it.
pub(super) struct Unpacked {
    pub name: String,
    pub bytes: Vec<u8>,
    pub others: Vec<(String, ReadFile)>,
    pub is_header: bool,
}

impl Payload {
    pub(super) fn unpack(self) -> Unpacked {
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
    /// Reads a version; a file that is still young is waited for once, a renamed one is looked
    /// for under its new name.
    #[allow(clippy::type_complexity)]
    pub(super) fn read(
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
