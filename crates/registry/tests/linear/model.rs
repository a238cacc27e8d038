//! What a registry does for one patient where requests come one after the other.

use std::collections::{BTreeMap, BTreeSet};
use testkit::linear::Model;

/// Number of a DocumentEntry; it makes its entryUUID and, for a first version, its uniqueId.
pub type Entry = u8;

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

/// Documents as (version, approved), who replaces whom, and what is in the folder.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Seen {
    pub documents: BTreeMap<Entry, (u32, bool)>,
    pub replaces: BTreeSet<(Entry, Entry)>,
    pub members: BTreeSet<Entry>,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Success of a submission or update.
    Done,
    /// Its error codes.
    Refused(Vec<&'static str>),
    /// What a query found.
    Found(Seen),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Document {
    logical: Entry,
    version: u32,
    approved: bool,
}

/// The patient's documents.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct State {
    documents: BTreeMap<Entry, Document>,
    replaces: BTreeSet<(Entry, Entry)>,
    /// Memberships that were submitted, and whether they are approved.
    put: BTreeMap<Entry, bool>,
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

    fn submit(&mut self, entry: Entry) -> Result<(), Vec<&'static str>> {
        if self.documents.contains_key(&entry) {
            return Err(vec!["XDSRegistryMetadataError"]);
        }
        self.documents.insert(entry, Document { logical: entry, version: 1, approved: true });
        Ok(())
    }

    fn replace(&mut self, entry: Entry, target: Entry) -> Result<(), Vec<&'static str>> {
        if self.documents.contains_key(&entry) {
            return Err(vec!["XDSRegistryMetadataError"]);
        }
        let replaced = self.documents.get_mut(&target);
        let replaced = replaced.ok_or(vec!["UnresolvedReferenceException"])?;
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

    fn steal(&self, target: Entry) -> Result<(), Vec<&'static str>> {
        let stolen = self.documents.get(&target).ok_or(vec!["UnresolvedReferenceException"])?;
        let mut problems = vec!["XDSPatientIdDoesNotMatch"];
        if !stolen.approved {
            problems.push("XDSRegistryDeprecatedDocumentError");
        }
        Err(problems)
    }

    fn put(&mut self, entry: Entry) -> Result<(), Vec<&'static str>> {
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

    fn take(&mut self, entry: Entry) -> Result<(), Vec<&'static str>> {
        let is_approved = self.put.get_mut(&entry).ok_or(vec!["UnresolvedReferenceException"])?;
        match std::mem::replace(is_approved, false) {
            true => Ok(()),
            false => Err(vec!["XDSMetadataUpdateError"]),
        }
    }

    /// Whether an approved association puts a document into the folder.
    fn is_member(&self, entry: Entry) -> bool {
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

    fn status(&mut self, target: Entry, approved: bool) -> Result<(), Vec<&'static str>> {
        let document = self.documents.get(&target).copied();
        let document = document.ok_or(vec!["UnresolvedReferenceException"])?;
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
    ) -> Result<(), Vec<&'static str>> {
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
        let replaces = if with_relations { self.replaces.clone() } else { BTreeSet::new() };
        let all = self.documents.keys().copied().filter(|entry| self.is_member(*entry));
        let members = if with_relations { all.collect() } else { BTreeSet::new() };
        Answer::Found(Seen {
            documents: documents
                .map(|(entry, document)| (*entry, (document.version, document.approved)))
                .collect(),
            replaces,
            members,
        })
    }
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
