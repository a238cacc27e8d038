//! What a registry does for one patient where requests come one after the other.

use model::item::VersionState;
use std::collections::{BTreeMap, BTreeSet};
use testkit::linear::Model;

/// Number of a DocumentEntry; it makes its entryUUID and, for a first version, its uniqueId.
pub type Entry = u8;

/// Numbers from here on are of on-demand entries.
pub const ON_DEMAND: Entry = 40;
/// Numbers from here on are of snapshots.
pub const SNAPSHOTS: Entry = 46;
/// Numbers from here on are of the versions of one item of a storage, in their order.
pub const VERSIONS: Entry = 60;
/// How many versions that item has.
pub const VERSIONS_OF_ITEM: Entry = 3;

/// A request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operation {
    /// ITI-42 of one document.
    Submit { entry: Entry },
    /// ITI-42 of one document that replaces another.
    Replace { entry: Entry, target: Entry },
    /// ITI-57, UpdateAvailabilityStatus from the other status.
    Status { target: Entry, approved: bool },
    /// ITI-57, a new version of the document whose first version is `logical`; its associations go
    /// on to it or not.
    Version { entry: Entry, logical: Entry, previous: u32, propagates: bool },
    /// ITI-57, a document is put into the patient's folder.
    Put { entry: Entry },
    /// ITI-57, the association of [`Operation::Put`] is deprecated.
    Take { entry: Entry },
    /// ITI-42 of a document of another patient that replaces one of this patient.
    Steal { target: Entry },
    /// ITI-61 of one entry.
    OnDemand { entry: Entry },
    /// ITI-42 of one document that is a snapshot of another.
    Snapshot { entry: Entry, target: Entry },
    /// A gateway's submission of a version, with what its storage says of it.
    Intake { entry: Entry, told: VersionState },
    /// ITI-62 of a version with the set that brought it.
    Remove { entry: Entry },
    /// FindDocuments, Approved.
    Find,
    /// GetAll, Approved and Deprecated.
    All,
    /// GetDocuments of one entryUUID.
    Get { entry: Entry },
}

impl Operation {
    /// Whether it only asks.
    pub fn is_query(&self) -> bool {
        matches!(self, Operation::Find | Operation::All | Operation::Get { .. })
    }
}

/// Documents as (version, approved), who replaces whom, who is a snapshot of whom, and what is in
/// the folder.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Seen {
    pub documents: BTreeMap<Entry, (u32, bool)>,
    pub replaces: BTreeSet<(Entry, Entry)>,
    pub snapshots: BTreeSet<(Entry, Entry)>,
    pub members: BTreeSet<Entry>,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Success of a submission or update.
    Done,
    /// Its error codes.
    Refused(Refused),
    /// What a query found.
    Found(Seen),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Document {
    pub logical: Entry,
    pub version: u32,
    pub approved: bool,
}

/// Error codes.
pub(super) type Refused = Vec<&'static str>;

/// The patient's documents.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct State {
    pub(super) documents: BTreeMap<Entry, Document>,
    pub(super) replaces: BTreeSet<(Entry, Entry)>,
    snapshots: BTreeSet<(Entry, Entry)>,
    /// What the storage said of its versions.
    pub(super) told: BTreeMap<Entry, VersionState>,
    /// Versions that were removed for good.
    pub(super) removed: BTreeSet<Entry>,
    /// Memberships that were submitted, and whether they are approved.
    pub(super) put: BTreeMap<Entry, bool>,
    /// Those that followed from a replacement or a version.
    joined: BTreeSet<Entry>,
}

impl State {
    /// Does what is asked and gives the answer; a refusal changes nothing.
    pub fn apply(&mut self, operation: &Operation) -> Answer {
        let done = match *operation {
            Operation::Submit { entry } => self.submit(entry),
            Operation::Replace { entry, target } => self.replace(entry, target),
            Operation::Status { target, approved } => self.status(target, approved),
            Operation::Version { entry, logical, previous, propagates } => {
                self.version(entry, logical, previous, propagates)
            }
            Operation::Put { entry } => self.put(entry),
            Operation::Take { entry } => self.take(entry),
            Operation::Steal { target } => self.steal(target),
            Operation::OnDemand { entry } => self.submit(entry),
            Operation::Snapshot { entry, target } => self.snapshot(entry, target),
            Operation::Intake { entry, told } => self.intake(entry, told),
            Operation::Remove { entry } => self.remove(entry),
            Operation::Find => return self.found(|document| document.approved, false),
            Operation::All => return self.found(|_| true, true),
            Operation::Get { entry } => {
                let Answer::Found(mut all) = self.found(|_| true, false) else {
                    return Answer::Done;
                };
                all.documents.retain(|found, _| *found == entry);
                return Answer::Found(all);
            }
        };
        done.map_or_else(Answer::Refused, |()| Answer::Done)
    }

    fn submit(&mut self, entry: Entry) -> Result<(), Refused> {
        if self.documents.contains_key(&entry) {
            return Err(vec!["XDSRegistryMetadataError"]);
        }
        self.documents.insert(entry, Document { logical: entry, version: 1, approved: true });
        Ok(())
    }

    fn replace(&mut self, entry: Entry, target: Entry) -> Result<(), Refused> {
        if self.documents.contains_key(&entry) {
            return Err(vec!["XDSRegistryMetadataError"]);
        }
        let replaced = self.documents.get_mut(&target);
        let replaced = replaced.ok_or(vec!["UnresolvedReferenceException"])?;
        storage_decides(target)?;
        if !replaced.approved {
            return Err(vec!["XDSRegistryDeprecatedDocumentError"]);
        }
        replaced.approved = false;
        self.replaces.insert((entry, target));
        if self.is_member(target) {
            self.joined.insert(entry);
        }
        self.submit(entry)
    }

    fn steal(&self, target: Entry) -> Result<(), Refused> {
        let stolen = self.documents.get(&target).ok_or(vec!["UnresolvedReferenceException"])?;
        storage_decides(target)?;
        let mut problems = vec!["XDSPatientIdDoesNotMatch"];
        if !stolen.approved {
            problems.push("XDSRegistryDeprecatedDocumentError");
        }
        Err(problems)
    }

    fn snapshot(&mut self, entry: Entry, target: Entry) -> Result<(), Refused> {
        let of = self.documents.get(&target).ok_or(vec!["UnresolvedReferenceException"])?;
        if !(ON_DEMAND..SNAPSHOTS).contains(&target) {
            return Err(vec!["XDSRegistryMetadataError"]);
        }
        if !of.approved {
            return Err(vec!["XDSRegistryDeprecatedDocumentError"]);
        }
        self.snapshots.insert((entry, target));
        self.submit(entry)
    }

    fn put(&mut self, entry: Entry) -> Result<(), Refused> {
        let document = self.documents.get(&entry).ok_or(vec!["UnresolvedReferenceException"])?;
        if !document.approved {
            return Err(vec!["XDSRegistryDeprecatedDocumentError"]);
        }
        if self.is_member(entry) {
            return Err(vec!["XDSMetadataUpdateError"]);
        }
        // The association's entryUUID is used for ever.
        if self.put.contains_key(&entry) {
            return Err(vec!["XDSRegistryMetadataError"]);
        }
        self.put.insert(entry, true);
        Ok(())
    }

    fn take(&mut self, entry: Entry) -> Result<(), Refused> {
        let is_approved = self.put.get_mut(&entry).ok_or(vec!["UnresolvedReferenceException"])?;
        match std::mem::replace(is_approved, false) {
            true => Ok(()),
            false => Err(vec!["XDSMetadataUpdateError"]),
        }
    }

    /// Whether an approved association puts a document into the folder.
    pub(super) fn is_member(&self, entry: Entry) -> bool {
        self.joined.contains(&entry) || self.put.get(&entry) == Some(&true)
    }

    /// Lets a document join the folder, right or wrong.
    pub fn join(&mut self, entry: Entry) {
        self.joined.insert(entry);
    }

    /// Whether a document was ever put into the folder.
    pub fn was_put(&self, entry: Entry) -> bool {
        self.put.contains_key(&entry)
    }

    fn status(&mut self, target: Entry, approved: bool) -> Result<(), Refused> {
        let document = self.documents.get(&target).copied();
        let document = document.ok_or(vec!["UnresolvedReferenceException"])?;
        storage_decides(target)?;
        let mut all = self.documents.values();
        let is_latest =
            !all.any(|other| other.logical == document.logical && other.version > document.version);
        if document.approved == approved || !is_latest {
            return Err(vec!["XDSMetadataUpdateError"]);
        }
        self.documents.insert(target, Document { approved, ..document });
        Ok(())
    }

    fn version(
        &mut self,
        entry: Entry,
        logical: Entry,
        previous: u32,
        propagates: bool,
    ) -> Result<(), Refused> {
        let versions = self.documents.iter_mut().filter(|(_, one)| one.logical == logical);
        let latest = versions.max_by_key(|(_, one)| one.version);
        let (before, latest) = latest.ok_or(vec!["XDSMetadataVersionError"])?;
        let before = *before;
        let mut problems = Vec::new();
        if latest.version != previous {
            problems.push("XDSMetadataVersionError");
        }
        if !latest.approved {
            problems.push("XDSMetadataUpdateError");
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        latest.approved = false;
        let version = latest.version + 1;
        self.documents.insert(entry, Document { logical, version, approved: true });
        if propagates {
            if self.is_member(before) {
                self.joined.insert(entry);
            }
            let carried: Vec<(Entry, Entry)> = self
                .replaces
                .iter()
                .filter(|(newer, older)| *newer == before || *older == before)
                .map(|(newer, older)| match *newer == before {
                    true => (entry, *older),
                    false => (*newer, entry),
                })
                .collect();
            self.replaces.extend(carried);
        }
        Ok(())
    }

    fn found(&self, wanted: impl Fn(&Document) -> bool, with_relations: bool) -> Answer {
        let documents = self.documents.iter().filter(|(_, document)| wanted(document));
        let relations = |all: &BTreeSet<(Entry, Entry)>| match with_relations {
            true => all.clone(),
            false => BTreeSet::new(),
        };
        let all = self.documents.keys().copied().filter(|entry| self.is_member(*entry));
        let members = if with_relations { all.collect() } else { BTreeSet::new() };
        Answer::Found(Seen {
            documents: documents
                .map(|(entry, document)| (*entry, (document.version, document.approved)))
                .collect(),
            replaces: relations(&self.replaces),
            snapshots: relations(&self.snapshots),
            members,
        })
    }
}

/// What a storage brought, nobody else replaces or changes.
fn storage_decides(target: Entry) -> Result<(), Refused> {
    if target < VERSIONS { Ok(()) } else { Err(vec!["XDSMetadataUpdateError"]) }
}

/// The model for the search.
pub struct Patient;

impl Model for Patient {
    type State = State;
    type Operation = Operation;
    type Answer = Answer;

    fn start(&self) -> State {
        State::default()
    }

    fn step(&self, state: &State, operation: &Operation, answer: &Answer) -> Option<State> {
        let mut next = state.clone();
        (next.apply(operation) == *answer).then_some(next)
    }
}
