//! Listing the folders of one enrolled patient: what stands there, and what cannot be a
//! document. Nothing is opened for reading but folders; a file's name is parsed, not its bytes.

use crate::beneath::{Entry, EntryKind, FileStamp, OpenFolder, RootFolder, Trouble, is_component};
use crate::content;
use crate::place::{self, RootRole};
use model::item::{ItemKey, VersionState};
use model::reason::{Flag, Reason};
use ssmix2::layout::{self, DataKind};
use std::collections::{HashMap, HashSet};

/// What the ledger knows of one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Size and time when it was read.
    pub stamp: FileStamp,
    /// uniqueId of the document made of it; empty when it is quarantined.
    pub unique_id: String,
}

/// One version of an item, as it stands in a storage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Where it is, as the ledger names it.
    pub place: Vec<u8>,
    /// What the root is for.
    pub role: RootRole,
    /// Which root of that role.
    pub ordinal: u32,
    /// Path below the root: a file, or a content folder.
    pub relative: Vec<u8>,
    /// The logical item.
    pub item: ItemKey,
    /// 発生日時 as in the name.
    pub sent: String,
    /// 診療科 as in the name; empty for `-`.
    pub department: String,
    /// What the condition flag says.
    pub state: VersionState,
    /// Remarks on the name.
    pub flags: Vec<Flag>,
    /// The data kind, in the extended storage.
    pub kind: Option<DataKind>,
    /// Size and time, where the ledger knows the place.
    pub stamp: Option<FileStamp>,
    /// What the ledger knows.
    pub known: Option<Known>,
    /// Why the place waits in quarantine, if it does.
    pub was_quarantined: Option<Reason>,
    /// Whether a transaction record says that it deletes its item.
    pub is_deletion: bool,
}

impl Candidate {
    /// Whether it is as it was when it was last read.
    pub fn is_unchanged(&self) -> bool {
        self.known.as_ref().is_some_and(|known| Some(known.stamp) == self.stamp)
    }
}

/// Something that cannot become a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where it is.
    pub place: Vec<u8>,
    /// Why.
    pub reason: Reason,
    /// What exactly, and what to do; nothing of a patient.
    pub detail: String,
    /// Size and time, where they are known.
    pub stamp: Option<FileStamp>,
}

/// What stands in the folders of one patient.
#[derive(Debug, Default)]
pub struct Listing {
    /// Versions of items.
    pub candidates: Vec<Candidate>,
    /// Things that cannot be documents.
    pub faults: Vec<Fault>,
    /// Roots in which the patient has a folder.
    pub found_in: HashSet<(RootRole, u32)>,
    /// Whether something could not be listed: absence then says nothing.
    pub incomplete: bool,
}

/// Lists the folder of a patient in one root, adding to `listing`.
pub fn list_patient(
    root: &RootFolder,
    role: RootRole,
    ordinal: u32,
    patient_id: &str,
    known: &HashMap<Vec<u8>, Known>,
    listing: &mut Listing,
) {
    let Ok(folders) = layout::patient_folder(patient_id) else { return };
    let names: Vec<&[u8]> = folders.iter().map(|folder| folder.as_bytes()).collect();
    if !names.iter().all(|name| is_component(name)) {
        return;
    }
    let patient = names.join(&b'/');
    // Most patients stand in some of the volumes only: no folder here is nothing missing.
    if matches!(root.folder(&patient), Err(Trouble::Missing)) {
        return;
    }
    let mut walk = Walk { root, role, ordinal, known, listing };
    let Step::Entries((_, dates)) = walk.folder(&patient) else { return };
    walk.listing.found_in.insert((role, ordinal));
    for date in dates {
        let Some(date_path) = walk.enter(&patient, &date, "a care-date folder") else { continue };
        let Step::Entries((_, types)) = walk.folder(&date_path) else { continue };
        for data_type in types {
            let Some(type_path) = walk.enter(&date_path, &data_type, "a data-type folder") else {
                continue;
            };
            walk.list_type(&type_path);
        }
    }
}

struct Walk<'a> {
    root: &'a RootFolder,
    role: RootRole,
    ordinal: u32,
    known: &'a HashMap<Vec<u8>, Known>,
    listing: &'a mut Listing,
}

enum Step {
    Entries((OpenFolder, Vec<Entry>)),
    Absent,
}

impl Walk<'_> {
    fn list_type(&mut self, type_path: &[u8]) {
        let Step::Entries((folder, entries)) = self.folder(type_path) else { return };
        for entry in entries {
            if is_litter(&entry.name) {
                continue;
            }
            let path = join(type_path, &entry.name);
            match self.role {
                RootRole::Extended => self.content_folder(&path, &entry),
                _ => self.file(&folder, &path, &entry),
            }
        }
    }

    fn file(&mut self, folder: &OpenFolder, path: &[u8], entry: &Entry) {
        let place = place::place(self.role, self.ordinal, path);
        let known = self.known.get(&place).cloned();
        let stamp = match entry.kind {
            EntryKind::File if known.is_none() => None,
            EntryKind::File => match folder.stamp(&entry.name) {
                Ok(stamp) => Some(stamp),
                Err(trouble) => return self.give_up(place, &trouble),
            },
            EntryKind::Link => match self.root.resolve(path) {
                Ok((EntryKind::File, stamp)) => Some(stamp),
                Ok((EntryKind::Special(what), _)) => {
                    return self.give_up(place, &Trouble::NotAFile(what));
                }
                Ok((_, stamp)) => return self.misplaced(place, "a link to a folder", Some(stamp)),
                Err(trouble) => return self.give_up(place, &trouble),
            },
            EntryKind::Special(what) => return self.give_up(place, &Trouble::NotAFile(what)),
            EntryKind::Folder => return self.misplaced(place, "a folder", None),
        };
        let names: Vec<&[u8]> = path.split(|byte| *byte == b'/').collect();
        match layout::check_file_path(&names) {
            Ok(name) => {
                let (state, flag) = layout::version_state(&name.flag);
                self.listing.candidates.push(Candidate {
                    place,
                    role: self.role,
                    ordinal: self.ordinal,
                    relative: path.to_vec(),
                    item: name.item_key(),
                    department: department(&name.department),
                    sent: name.sent,
                    state,
                    flags: flag.into_iter().collect(),
                    kind: None,
                    stamp,
                    known,
                    was_quarantined: None,
                    is_deletion: false,
                });
            }
            Err(error) => {
                let stamp = stamp.or_else(|| folder.stamp(&entry.name).ok());
                self.fault(place, error.reason(), error.to_string(), stamp);
            }
        }
    }

    fn content_folder(&mut self, path: &[u8], entry: &Entry) {
        let place = place::place(self.role, self.ordinal, path);
        if matches!(entry.kind, EntryKind::File) {
            return self.misplaced(place, "a file where a content folder is expected", None);
        }
        if let EntryKind::Special(what) = entry.kind {
            return self.give_up(place, &Trouble::NotAFile(what));
        }
        if entry.kind == EntryKind::Link {
            return self.give_up(place, &Trouble::Link);
        }
        let names: Vec<&[u8]> = path.split(|byte| *byte == b'/').collect();
        let (kind, name) = match layout::check_content_path(&names) {
            Ok(parsed) => parsed,
            Err(error) => return self.fault(place, error.reason(), error.to_string(), None),
        };
        let known = self.known.get(&place).cloned();
        let stamp = match known {
            None => None,
            Some(_) => match content::files(self.root, path) {
                Ok(files) => Some(content::stamp(&files)),
                Err(trouble) => return self.give_up(place, &trouble),
            },
        };
        let (state, flag) = layout::version_state(&name.flag);
        self.listing.candidates.push(Candidate {
            place,
            role: self.role,
            ordinal: self.ordinal,
            relative: path.to_vec(),
            item: name.item_key(&kind),
            department: department(&name.department),
            sent: name.sent,
            state,
            flags: flag.into_iter().collect(),
            kind: Some(kind),
            stamp,
            known,
            was_quarantined: None,
            is_deletion: false,
        });
    }

    /// The path of a folder that is to be entered; anything else there is misplaced.
    fn enter(&mut self, parent: &[u8], entry: &Entry, expected: &str) -> Option<Vec<u8>> {
        if is_litter(&entry.name) {
            return None;
        }
        let path = join(parent, &entry.name);
        let place = place::place(self.role, self.ordinal, &path);
        match entry.kind {
            EntryKind::Folder => return Some(path),
            EntryKind::Special(what) => self.give_up(place, &Trouble::NotAFile(what)),
            EntryKind::File => {
                self.misplaced(place, &format!("a file where {expected} is expected"), None);
            }
            // No message inside says whose a content folder is, so its way is not bent by links.
            EntryKind::Link if self.role == RootRole::Extended => {
                self.give_up(place, &Trouble::Link);
            }
            EntryKind::Link => match self.root.resolve(&path) {
                Ok((EntryKind::Folder, _)) => return Some(path),
                Ok((EntryKind::Special(what), _)) => self.give_up(place, &Trouble::NotAFile(what)),
                Ok(_) => {
                    self.misplaced(place, &format!("no folder where {expected} is expected"), None)
                }
                Err(trouble) => self.give_up(place, &trouble),
            },
        }
        None
    }

    fn folder(&mut self, path: &[u8]) -> Step {
        let opened = self.root.folder(path).and_then(|folder| {
            let entries = folder.entries()?;
            Ok((folder, entries))
        });
        match opened {
            Ok(found) => Step::Entries(found),
            Err(trouble) => {
                self.give_up(place::place(self.role, self.ordinal, path), &trouble);
                Step::Absent
            }
        }
    }

    fn misplaced(&mut self, place: Vec<u8>, what: &str, stamp: Option<FileStamp>) {
        let detail = format!("{what}: the storage's grammar has no such place");
        self.fault(place, Reason::NameMalformed, detail, stamp);
    }

    fn give_up(&mut self, place: Vec<u8>, trouble: &Trouble) {
        match reason_of(trouble) {
            // Renamed between listing and looking: the pass after this one sees it under its
            // new name.
            None => self.listing.incomplete = true,
            Some(reason) => {
                self.listing.incomplete |= reason == Reason::Unreadable;
                self.fault(place, reason, trouble.to_string(), None);
            }
        }
    }

    fn fault(&mut self, place: Vec<u8>, reason: Reason, detail: String, stamp: Option<FileStamp>) {
        self.listing.faults.push(Fault { place, reason, detail, stamp });
    }
}

/// The item, sending time and state of a path below a root, if it follows the grammar.
pub fn identify(role: RootRole, path: &[u8]) -> Option<(ItemKey, String, VersionState)> {
    let names: Vec<&[u8]> = path.split(|byte| *byte == b'/').collect();
    if role == RootRole::Extended {
        let (kind, name) = layout::check_content_path(&names).ok()?;
        return Some((name.item_key(&kind), name.sent, layout::version_state(&name.flag).0));
    }
    let name = layout::check_file_path(&names).ok()?;
    Some((name.item_key(), name.sent, layout::version_state(&name.flag).0))
}

/// The reason of quarantine for a trouble; `None` where the thing is just not there.
pub fn reason_of(trouble: &Trouble) -> Option<Reason> {
    match trouble {
        Trouble::Outside | Trouble::Link => Some(Reason::LinkOutside),
        Trouble::NotAFile(_) => Some(Reason::NotAFile),
        Trouble::TooLarge(_) => Some(Reason::TooLarge),
        Trouble::Refused(_) => Some(Reason::Unreadable),
        Trouble::Missing | Trouble::Changing => None,
    }
}

/// What file servers and desktops leave lying in folders; no hospital writes records there.
pub fn is_litter(name: &[u8]) -> bool {
    matches!(name, b"Thumbs.db" | b"thumbs.db" | b"desktop.ini" | b".DS_Store")
        || name.starts_with(b"._")
        || name.starts_with(b".nfs")
}

/// A path and one more name.
pub fn join(parent: &[u8], name: &[u8]) -> Vec<u8> {
    let mut path = Vec::with_capacity(parent.len() + name.len() + 1);
    path.extend_from_slice(parent);
    path.push(b'/');
    path.extend_from_slice(name);
    path
}

fn department(part: &str) -> String {
    if part == "-" { String::new() } else { part.to_owned() }
}
