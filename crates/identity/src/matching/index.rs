//! The index of candidates over a transaction: one statement for all keys, one for all records.

use crate::linkage::{BlockingKey, CandidateIndex, Evidence, Holders, Record, RecordKey};
use crate::matching::evidence;
use model::limits::LINKAGE_KEY_HOLDERS;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use store::link::{Member, evidence_of_identities, holders, members_of_persons};
use store::{StoreError, Tx};

/// Records and keys as the store has them; what was read once is not read again.
pub(crate) struct StoredIndex<'a> {
    tx: &'a mut Tx,
    records: HashMap<i64, Arc<Record>>,
    evidence: HashMap<i64, Evidence>,
    members: BTreeMap<i64, Member>,
}

/// What was read on the way.
pub(crate) struct Looked {
    /// What the sources say of everybody who was compared.
    pub evidence: HashMap<i64, Evidence>,
    /// Everybody of the persons concerned, by identity.
    pub members: BTreeMap<i64, Member>,
}

impl<'a> StoredIndex<'a> {
    /// An index over a transaction.
    pub fn new(tx: &'a mut Tx) -> StoredIndex<'a> {
        StoredIndex {
            tx,
            records: HashMap::new(),
            evidence: HashMap::new(),
            members: BTreeMap::new(),
        }
    }

    /// The record of one identity; `None` where its source has said nothing.
    pub fn record(&mut self, identity: i64) -> Result<Option<Arc<Record>>, StoreError> {
        Ok(self.records(&[identity])?.pop())
    }

    /// What was read.
    pub fn into_looked(self) -> Looked {
        Looked { evidence: self.evidence, members: self.members }
    }
}

impl CandidateIndex for StoredIndex<'_> {
    type Error = StoreError;

    fn holders(&mut self, keys: &[BlockingKey]) -> Result<Holders, StoreError> {
        let mut found = Holders::default();
        if keys.is_empty() {
            return Ok(found);
        }
        let limit = usize::try_from(LINKAGE_KEY_HOLDERS).unwrap_or(usize::MAX);
        let asked: Vec<i64> = keys.iter().map(|key| key.0).collect();
        let one_more = i64::try_from(LINKAGE_KEY_HOLDERS).unwrap_or(i64::MAX).saturating_add(1);
        let held = holders(self.tx, &asked, one_more)?;
        for of_key in held.chunk_by(|one, other| one.key == other.key) {
            match of_key.first() {
                Some(first) if of_key.len() > limit => found.crowded.push(BlockingKey(first.key)),
                _ => found.identities.extend(of_key.iter().map(|held| held.identity_id)),
            }
        }
        found.identities.sort_unstable();
        found.identities.dedup();
        if !found.crowded.is_empty() {
            tracing::warn!(keys = found.crowded.len(), "blocking keys are held by too many");
        }
        Ok(found)
    }

    fn records(&mut self, identities: &[i64]) -> Result<Vec<Arc<Record>>, StoreError> {
        let missing: Vec<i64> =
            identities.iter().copied().filter(|id| !self.records.contains_key(id)).collect();
        if !missing.is_empty() {
            for row in evidence_of_identities(self.tx, &missing)? {
                let said = evidence::read(&row.evidence)?;
                let key = RecordKey { domain: row.domain_id, identity: row.identity_id };
                self.records.insert(row.identity_id, Arc::new(Record::new(key, &said)));
                self.evidence.insert(row.identity_id, said);
            }
        }
        Ok(identities.iter().filter_map(|id| self.records.get(id).cloned()).collect())
    }

    fn companions(&mut self, identity: i64) -> Result<Vec<i64>, StoreError> {
        if !self.members.contains_key(&identity) {
            for member in members_of_persons(self.tx, &[identity])? {
                self.members.insert(member.identity_id, member);
            }
        }
        let person = self.members.get(&identity).map(|member| member.person_id);
        let same = self.members.values().filter(|member| Some(member.person_id) == person);
        Ok(same.map(|member| member.identity_id).filter(|id| *id != identity).collect())
    }
}
