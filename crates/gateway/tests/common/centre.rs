//! A centre in memory with the promises of the real one: idempotent by uniqueId and bytes,
//! states only go from current to deprecated to deleted, and what contradicts itself is said.

use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use model::document::DocumentEntry;
use model::item::VersionState;
use ports::{
    DemographicsUpdate, DocumentSink, FeedError, IdentityFeed, Outcome, Receipt, SinkError,
    StateChange, Submission,
};
use std::collections::BTreeMap;
use std::sync::Mutex;

/// One document that was registered.
#[derive(Debug, Clone)]
pub struct Stored {
    pub entry: DocumentEntry,
    pub bytes: Bytes,
    pub state: VersionState,
}

/// What is to go wrong.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    /// Refuse documents whose bytes contain this.
    pub refuse: Option<&'static str>,
    /// Cannot store documents whose bytes contain this.
    pub unavailable: Option<&'static str>,
    /// Cannot change the state of documents whose bytes contain this.
    pub unchangeable: Option<(&'static str, SinkError)>,
    /// After this many submissions nothing is stored any more.
    pub stops_after: Option<usize>,
}

#[derive(Default)]
pub struct Centre {
    pub documents: Mutex<BTreeMap<String, Stored>>,
    pub submissions: Mutex<Vec<Submission>>,
    pub faults: Mutex<Faults>,
    pub submitted: Mutex<usize>,
}

impl Centre {
    /// Data type, order key and state of each version of an item, by sending time.
    pub fn states(&self) -> Vec<(String, String, VersionState)> {
        let documents = self.documents.lock().unwrap();
        let mut states: Vec<_> = documents
            .values()
            .filter_map(|stored| {
                let intake = stored.entry.intake.as_ref()?;
                Some((intake.item.order_key.clone(), intake.sent.clone(), stored.state))
            })
            .collect();
        states.sort();
        states
    }

    pub fn count(&self) -> usize {
        self.documents.lock().unwrap().len()
    }

    /// The only document.
    pub fn only(&self) -> Stored {
        let documents = self.documents.lock().unwrap();
        assert_eq!(documents.len(), 1);
        documents.values().next().unwrap().clone()
    }

    pub fn all(&self) -> Vec<Stored> {
        self.documents.lock().unwrap().values().cloned().collect()
    }

    pub fn set(&self, faults: Faults) {
        *self.faults.lock().unwrap() = faults;
    }

    fn take(&self, submission: &Submission) -> Result<Receipt, SinkError> {
        let faults = self.faults.lock().unwrap().clone();
        let mut submitted = self.submitted.lock().unwrap();
        *submitted += 1;
        if faults.stops_after.is_some_and(|most| *submitted > most) {
            return Err(SinkError::Unavailable("it stands still".into()));
        }
        let holds = |text: Option<&str>| {
            text.is_some_and(|text| {
                submission
                    .documents
                    .iter()
                    .any(|(_, bytes)| String::from_utf8_lossy(bytes).contains(text))
            })
        };
        if holds(faults.refuse) {
            let context = "a rule of the test".to_owned();
            return Err(SinkError::Refused { code: "XDSRegistryMetadataError", context });
        }
        if holds(faults.unavailable) {
            return Err(SinkError::Unavailable("it cannot store this one".into()));
        }
        let mut documents = self.documents.lock().unwrap();
        let mut outcome = Outcome::AlreadyThere;
        for (entry, _) in &submission.documents {
            let shown = entry.intake.as_ref().map_or(VersionState::Current, |intake| intake.state);
            if goes_back(&documents, &entry.unique_id, shown) {
                return Err(brought_back());
            }
        }
        for (entry, bytes) in &submission.documents {
            let state = entry.intake.as_ref().map_or(VersionState::Current, |intake| intake.state);
            match documents.get_mut(&entry.unique_id) {
                None => {
                    let stored = Stored { entry: entry.clone(), bytes: bytes.clone(), state };
                    documents.insert(entry.unique_id.clone(), stored);
                    outcome = Outcome::Registered;
                }
                Some(known) if known.bytes != bytes => {
                    let context = "other bytes under one uniqueId".to_owned();
                    return Err(SinkError::Refused { code: "XDSNonIdenticalHash", context });
                }
                Some(known) => {
                    if join(known, state) {
                        outcome = Outcome::StateChanged;
                    }
                }
            }
        }
        self.submissions.lock().unwrap().push(submission.clone());
        if submission.documents.iter().any(|(entry, _)| has_rival(&documents, &entry.unique_id)) {
            outcome = Outcome::TwoCurrent;
        }
        Ok(Receipt { outcome })
    }
}

fn brought_back() -> SinkError {
    let context = "it was deleted or replaced before".to_owned();
    SinkError::Refused { code: "XDSMetadataUpdateError", context }
}

/// The other versions of a document's item that stand as current.
fn current_beside<'a>(
    documents: &'a BTreeMap<String, Stored>,
    unique_id: &'a str,
) -> impl Iterator<Item = &'a Stored> {
    let item = |stored: &Stored| stored.entry.intake.as_ref().map(|intake| intake.item.clone());
    let own = documents.get(unique_id).and_then(item);
    documents.values().filter(move |other| {
        other.entry.unique_id != unique_id
            && other.state == VersionState::Current
            && own.is_some()
            && item(other) == own
    })
}

fn goes_back(documents: &BTreeMap<String, Stored>, unique_id: &str, shown: VersionState) -> bool {
    documents.get(unique_id).is_some_and(|known| {
        rank(shown) < rank(known.state)
            && (known.state == VersionState::Deleted
                || current_beside(documents, unique_id).next().is_none())
    })
}

fn has_rival(documents: &BTreeMap<String, Stored>, unique_id: &str) -> bool {
    let sent = |stored: &Stored| stored.entry.intake.as_ref().map(|intake| intake.sent.clone());
    documents.get(unique_id).is_some_and(|known| {
        known.state == VersionState::Current
            && current_beside(documents, unique_id).any(|other| sent(other) == sent(known))
    })
}

fn rank(state: VersionState) -> u8 {
    match state {
        VersionState::Current => 0,
        VersionState::Deprecated => 1,
        VersionState::Deleted => 2,
    }
}

fn join(known: &mut Stored, state: VersionState) -> bool {
    let raised = rank(state) > rank(known.state);
    if raised {
        known.state = state;
    }
    raised
}

impl DocumentSink for Centre {
    fn submit(
        &self,
        submissions: Vec<Submission>,
    ) -> BoxFuture<'_, Vec<Result<Receipt, SinkError>>> {
        async move { submissions.iter().map(|one| self.take(one)).collect() }.boxed()
    }

    fn change_states(
        &self,
        changes: Vec<StateChange>,
    ) -> BoxFuture<'_, Vec<Result<Receipt, SinkError>>> {
        async move {
            let stops_after = self.faults.lock().unwrap().stops_after;
            if stops_after.is_some_and(|most| *self.submitted.lock().unwrap() > most) {
                let still = || Err(SinkError::Unavailable("it stands still".into()));
                return changes.iter().map(|_| still()).collect();
            }
            let unchangeable = self.faults.lock().unwrap().unchangeable.clone();
            let fault = |stored: &Stored| {
                let (text, error) = unchangeable.as_ref()?;
                let holds = String::from_utf8_lossy(&stored.bytes).contains(text);
                holds.then(|| error.clone())
            };
            let mut documents = self.documents.lock().unwrap();
            changes
                .iter()
                .map(|change| match documents.get_mut(&change.unique_id) {
                    Some(known) if fault(known).is_some() => Err(fault(known).unwrap()),
                    None => Err(SinkError::Refused {
                        code: "XDSDocumentUniqueIdError",
                        context: change.unique_id.clone(),
                    }),
                    Some(known) => {
                        let raised = join(known, change.state);
                        let outcome =
                            if raised { Outcome::StateChanged } else { Outcome::AlreadyThere };
                        Ok(Receipt { outcome })
                    }
                })
                .collect()
        }
        .boxed()
    }
}

/// Remembers what it was told.
#[derive(Default)]
pub struct Feed {
    pub told: Mutex<Vec<DemographicsUpdate>>,
}

impl IdentityFeed for Feed {
    fn update(
        &self,
        updates: Vec<DemographicsUpdate>,
    ) -> BoxFuture<'_, Vec<Result<(), FeedError>>> {
        async move {
            let answers = updates.iter().map(|_| Ok(())).collect();
            self.told.lock().unwrap().extend(updates);
            answers
        }
        .boxed()
    }
}
