//! Where records are looked up by key: in memory here, in a table `link_key(key, identity_id)` in
//! a database.

use super::blocking::{BlockingKey, index_keys};
use super::record::Record;
use model::limits::LINKAGE_KEY_HOLDERS;
use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;

/// Who holds a set of keys.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holders {
    /// Identities that hold at least one, each once, in order.
    pub identities: Vec<i64>,
    /// Keys that more identities hold than are read ([`LINKAGE_KEY_HOLDERS`]): none of their
    /// holders is listed for them, and nothing found beside them is linked automatically.
    pub crowded: Vec<BlockingKey>,
}

/// Records by key.
pub trait CandidateIndex {
    /// What looking up may give.
    type Error;

    /// The identities that hold any of these keys.
    fn holders(&mut self, keys: &[BlockingKey]) -> Result<Holders, Self::Error>;

    /// The records of identities, in their order; those that are gone are left out.
    fn records(&mut self, identities: &[i64]) -> Result<Vec<Arc<Record>>, Self::Error>;

    /// The identities that stand under one person with this one: whoever judges one of them judges
    /// all, whether they share a key or not. None where persons are what is looked for.
    fn companions(&mut self, _identity: i64) -> Result<Vec<i64>, Self::Error> {
        Ok(Vec::new())
    }
}

/// An index in memory.
#[derive(Debug, Clone, Default)]
pub struct MemoryIndex {
    keys: HashMap<BlockingKey, Vec<i64>>,
    records: HashMap<i64, Arc<Record>>,
}

impl MemoryIndex {
    /// An empty index.
    pub fn new() -> MemoryIndex {
        MemoryIndex::default()
    }

    /// Adds a record, in place of the one that its identity had.
    pub fn insert(&mut self, record: Record) {
        self.remove(record.key.identity);
        for key in index_keys(&record) {
            self.keys.entry(key).or_default().push(record.key.identity);
        }
        self.records.insert(record.key.identity, Arc::new(record));
    }

    /// Removes an identity's record.
    pub fn remove(&mut self, identity: i64) {
        let Some(record) = self.records.remove(&identity) else { return };
        for key in index_keys(&record) {
            if let Some(holders) = self.keys.get_mut(&key) {
                holders.retain(|holder| *holder != identity);
            }
        }
    }

    /// An identity's record.
    pub fn record(&self, identity: i64) -> Option<Arc<Record>> {
        self.records.get(&identity).cloned()
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }
}

impl CandidateIndex for MemoryIndex {
    type Error = Infallible;

    fn holders(&mut self, keys: &[BlockingKey]) -> Result<Holders, Infallible> {
        let limit = usize::try_from(LINKAGE_KEY_HOLDERS).unwrap_or(usize::MAX);
        let mut found = Holders::default();
        for key in keys {
            match self.keys.get(key) {
                Some(holders) if holders.len() > limit => found.crowded.push(*key),
                Some(holders) => found.identities.extend_from_slice(holders),
                None => {}
            }
        }
        found.identities.sort_unstable();
        found.identities.dedup();
        Ok(found)
    }

    fn records(&mut self, identities: &[i64]) -> Result<Vec<Arc<Record>>, Infallible> {
        Ok(identities.iter().filter_map(|identity| self.records.get(identity).cloned()).collect())
    }
}
