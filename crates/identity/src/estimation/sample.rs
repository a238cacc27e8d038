//! A sample of the records, with whom each shares a key.

use crate::error::IdentityError;
use crate::linkage::{
    CandidateIndex as _, Comparison, Millibits, Model, PatternCounts, Record, compare,
    is_household_pair, one_to_one, probe_keys, score,
};
use crate::matching::StoredIndex;
use model::limits::LINKAGE_ESTIMATE_RECORDS;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::link::{count_evidence, evidence_page};
use store::{Store, StoreError, Tx};

/// What an estimation rests on.
#[derive(Default)]
pub(super) struct Sample {
    /// Identities that were looked at.
    pub identities: u64,
    /// They, and who shares a key with them: each pair once.
    pub pairs: Vec<(Arc<Record>, Arc<Record>)>,
    /// Agreement of each with the best of those, households left out.
    pub candidates: PatternCounts,
    /// Agreement of pairs by chance.
    pub random: PatternCounts,
    records: Vec<Arc<Record>>,
    person_of: BTreeMap<i64, i64>,
}

/// Pieces of the table that are looked at, spread over it.
const PIECES: i64 = 40;
/// Identities whose keys are looked up in one read.
const READ_IDENTITIES: usize = 250;

impl Sample {
    /// Takes one.
    pub fn take(store: &Store, model: &Model) -> Result<Sample, IdentityError> {
        let mut sample = Sample::default();
        let ids = store.read_blocking(chosen)?;
        sample.identities = ids.len() as u64;
        let mut scored: Vec<(i64, i64, Millibits)> = Vec::new();
        let mut compared: Vec<Comparison> = Vec::new();
        for some in ids.chunks(READ_IDENTITIES) {
            let some = some.to_vec();
            let looked = store.read_blocking(move |tx| looked_up(tx, &some))?;
            sample.person_of.extend(looked.person_of);
            sample.records.extend(looked.records);
            for (one, other) in looked.pairs {
                let comparison = compare(&one, &other);
                let bits = score(&one, &other, &comparison, model).total_millibits;
                scored.push((one.key.identity, other.key.identity, bits));
                compared.push(comparison);
                sample.pairs.push((one, other));
            }
        }
        for at in one_to_one(&scored) {
            if let Some(comparison) = compared.get(at).filter(|one| !is_household_pair(one)) {
                sample.candidates.add(comparison);
            }
        }
        // Neighbours of the table may have been registered together: far ones are strangers.
        let half = sample.records.len() / 2;
        for (one, other) in sample.records.iter().zip(sample.records.iter().skip(half)) {
            sample.random.add(&compare(one, other));
        }
        Ok(sample)
    }

    /// A record of each person: counted over records, names of people who go to many hospitals
    /// would look common.
    pub fn one_of_each_person(&self) -> impl Iterator<Item = &Record> {
        let mut seen = BTreeSet::new();
        self.records.iter().map(Arc::as_ref).filter(move |record| {
            let identity = record.key.identity;
            seen.insert(self.person_of.get(&identity).copied().unwrap_or(identity))
        })
    }
}

/// Identities of pieces that are spread over the table.
fn chosen(tx: &mut Tx) -> Result<Vec<i64>, StoreError> {
    let all = count_evidence(tx)?;
    let wanted = i64::try_from(LINKAGE_ESTIMATE_RECORDS).unwrap_or(i64::MAX);
    let piece = (wanted / PIECES).max(1);
    let step = (all / PIECES).max(piece);
    let mut ids: Vec<i64> = Vec::new();
    let mut after = 0;
    for _ in 0..PIECES {
        let rows = evidence_page(tx, after, piece)?;
        let Some(last) = rows.last().map(|row| row.identity_id) else { break };
        ids.extend(rows.iter().map(|row| row.identity_id));
        after = last.saturating_add(step - piece);
    }
    Ok(ids)
}

struct Looked {
    records: Vec<Arc<Record>>,
    pairs: Vec<(Arc<Record>, Arc<Record>)>,
    person_of: BTreeMap<i64, i64>,
}

fn looked_up(tx: &mut Tx, ids: &[i64]) -> Result<Looked, StoreError> {
    let mut index = StoredIndex::new(tx);
    let records = index.records(ids)?;
    let mut pairs = Vec::new();
    let mut seen = BTreeSet::new();
    for record in &records {
        let own = record.key.identity;
        index.companions(own)?;
        let holders = index.holders(&probe_keys(record))?;
        let others: Vec<i64> = holders
            .identities
            .into_iter()
            .filter(|other| *other != own && seen.insert((own.min(*other), own.max(*other))))
            .collect();
        for other in index.records(&others)? {
            // Two patients of one domain are two, whatever agrees.
            if other.key.domain != record.key.domain {
                pairs.push((Arc::clone(record), other));
            }
        }
    }
    let members = index.into_looked().members.into_values();
    let person_of = members.map(|member| (member.identity_id, member.person_id)).collect();
    Ok(Looked { records, pairs, person_of })
}
