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
    /// ITI-57, a new version of the document whose first version is `logical`.
    Version { entry: Entry, logical: Entry, previous: u32 },
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

/// Documents as (version, approved), and who replaces whom.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Seen {
    pub documents: BTreeMap<Entry, (u32, bool)>,
    pub replaces: BTreeSet<(Entry, Entry)>,
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
}

impl State {
    /// Does what is asked and gives the answer; a refusal changes nothing.
    pub fn apply(&mut self, operation: &Operation) -> Answer {
        let done = match *operation {
            Operation::Submit { entry } => self.submit(entry),
            Operation::Replace { entry, target } => self.replace(entry, target),
            Operation::Status { target, approved } => self.status(target, approved),
            Operation::Version { entry, logical, previous } => {
                self.version(entry, logical, previous)
            }
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
        self.submit(entry)
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
    ) -> Result<(), Vec<&'static str>> {
        let versions = self.documents.values_mut().filter(|one| one.logical == logical);
        let latest = versions.max_by_key(|one| one.version);
        let latest = latest.ok_or(vec!["XDSMetadataVersionError"])?;
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
        Ok(())
    }

    fn found(&self, wanted: impl Fn(&Document) -> bool, with_relations: bool) -> Answer {
        let documents = self.documents.iter().filter(|(_, document)| wanted(document));
        let replaces = if with_relations { self.replaces.clone() } else { BTreeSet::new() };
        Answer::Found(Seen {
            documents: documents
                .map(|(entry, document)| (*entry, (document.version, document.approved)))
                .collect(),
            replaces,
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
