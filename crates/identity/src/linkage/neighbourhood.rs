//! Everybody who could be concerned when a record comes or changes: the records that it is
//! compared with, theirs, and so on, as far as the evidence could make or unmake a link.

use super::assessment::{Assessment, Standing, assess};
use super::blocking::probe_keys;
use super::index::CandidateIndex;
use super::record::Record;
use super::weights::Model;
use model::limits::LINKAGE_NEIGHBOURHOOD_RECORDS;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

/// A pair that was judged, the smaller identity first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    /// Identity.
    pub one: i64,
    /// The other identity.
    pub other: i64,
    /// What was found.
    pub assessment: Assessment,
}

/// Records tied by evidence, and every pair of them whose evidence asks for at least a review,
/// vetoed ones included.
#[derive(Debug, Clone, Default)]
pub struct Neighbourhood {
    /// The records, by identity: all that a link of one of them can depend on. Whichever of them is
    /// asked for, these are the same.
    pub records: BTreeMap<i64, Arc<Record>>,
    /// Records beyond, tied by a question to a human at most.
    pub fringe: BTreeMap<i64, Arc<Record>>,
    /// The pairs, in order; at least one of each stands in `records`.
    pub edges: Vec<Edge>,
    /// Identities that could not be compared with everybody: one of their keys is held by too many,
    /// or the neighbourhood grew too large. Nothing about them is decided by a machine.
    pub incomplete: HashSet<i64>,
}

/// Finds the neighbourhood of a record, which need not be in the index yet.
///
/// # Errors
/// What the index gives.
pub fn neighbourhood<I: CandidateIndex>(
    index: &mut I,
    seed: Arc<Record>,
    model: &Model,
) -> Result<Neighbourhood, I::Error> {
    let limit = usize::try_from(LINKAGE_NEIGHBOURHOOD_RECORDS).unwrap_or(usize::MAX);
    let mut found = Neighbourhood::default();
    let mut judged: HashSet<(i64, i64)> = HashSet::new();
    let mut waiting = vec![seed];
    while let Some(record) = waiting.pop() {
        let identity = record.key.identity;
        if found.records.contains_key(&identity) {
            continue;
        }
        found.records.insert(identity, Arc::clone(&record));
        let holders = index.holders(&probe_keys(&record))?;
        if !holders.crowded.is_empty() || found.records.len() > limit {
            found.incomplete.insert(identity);
        }
        if found.records.len() > limit {
            continue;
        }
        let companions: Vec<i64> = index
            .companions(identity)?
            .into_iter()
            .filter(|other| !found.records.contains_key(other))
            .collect();
        if !companions.is_empty() {
            waiting.extend(index.records(&companions)?);
        }
        let others: Vec<i64> = holders
            .identities
            .into_iter()
            .filter(|other| !found.records.contains_key(other))
            .filter(|other| judged.insert(ordered(identity, *other)))
            .collect();
        for candidate in index.records(&others)? {
            let assessment = assess(&record, &candidate, model);
            if assessment.score.total_millibits < model.thresholds.review_millibits {
                continue;
            }
            let (one, other) = ordered(identity, candidate.key.identity);
            if is_decisive(&assessment, model) {
                waiting.push(candidate);
            } else {
                found.fringe.insert(candidate.key.identity, candidate);
            }
            found.edges.push(Edge { one, other, assessment });
        }
    }
    found.fringe.retain(|identity, _| !found.records.contains_key(identity));
    found.edges.sort_unstable_by_key(|edge| (edge.one, edge.other));
    Ok(found)
}

/// Whether a pair can be linked, or can stand in the way of a link as a rival: no pair weaker than
/// the threshold of automatic links by more than the margin can.
fn is_decisive(assessment: &Assessment, model: &Model) -> bool {
    let thresholds = &model.thresholds;
    let least = thresholds.automatic_millibits.saturating_sub(thresholds.margin_millibits);
    assessment.standing != Standing::Apart && assessment.score.total_millibits > least
}

fn ordered(one: i64, other: i64) -> (i64, i64) {
    (one.min(other), one.max(other))
}
