//! Weights estimated from a region's own records, by expectation and maximisation over counts of
//! agreement patterns: a few thousand counters, however many the pairs.

use super::comparison::Comparison;
use super::field::{FIELDS, Field, LEVELS, Level};
use super::score::Millibits;
use super::weights::{Weight, Weights};
use model::limits::LINKAGE_ESTIMATE_ROUNDS;
use std::collections::{BTreeMap, HashMap};
use thiserror::Error;

/// How often each agreement pattern was seen.
#[derive(Debug, Clone, Default)]
pub struct PatternCounts {
    /// In order, so that sums of floats come out the same in every run.
    counts: BTreeMap<[Level; FIELDS], u64>,
}

impl PatternCounts {
    /// Counts a comparison.
    pub fn add(&mut self, comparison: &Comparison) {
        *self.counts.entry(comparison.pattern()).or_default() += 1;
    }

    /// How many comparisons were counted.
    pub fn total(&self) -> u64 {
        self.counts.values().sum()
    }
}

/// Estimated weights.
#[derive(Debug, Clone)]
pub struct Estimate {
    /// The weights, with a version of their own.
    pub weights: Weights,
    /// The share of matches among the candidates.
    pub matches: f64,
    /// Rounds until nothing changed.
    pub rounds: u64,
}

/// Why no weights came out, or none that may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum EstimateError {
    /// Too few pairs to say anything.
    #[error("{pairs} pairs are too few to estimate weights from: at least {needed} are needed")]
    TooFew {
        /// How many there were.
        pairs: u64,
        /// How many are needed.
        needed: u64,
    },
    /// The new weights would decide otherwise than the old ones too often.
    #[error(
        "the new weights move the volume of {what} by {moved_percent} %, more than {limit_percent} %: have them looked at"
    )]
    Moved {
        /// Links or reviews.
        what: &'static str,
        /// By how much.
        moved_percent: u64,
        /// How much is allowed.
        limit_percent: u64,
    },
}

const PAIRS_AT_LEAST: u64 = 200;

/// Estimates weights: u by counting random pairs, m by expectation and maximisation over candidate
/// pairs. The candidates must hold each record at most once ([`one_to_one`]) and no two members of
/// one household ([`is_household_pair`]): else "the same household" is learnt as "the same human".
///
/// # Errors
/// [`EstimateError::TooFew`].
pub fn estimate(
    version: &str,
    candidates: &PatternCounts,
    random: &PatternCounts,
    initial: &Weights,
) -> Result<Estimate, EstimateError> {
    for counts in [candidates, random] {
        if counts.total() < PAIRS_AT_LEAST {
            return Err(EstimateError::TooFew { pairs: counts.total(), needed: PAIRS_AT_LEAST });
        }
    }
    let u = tally(random, |_| 1.0).shares(initial, |weight| weight.u);
    let mut m: Table = initial_table(initial, |weight| weight.m);
    let mut matches = 0.5;
    let mut rounds = 0;
    while rounds < LINKAGE_ESTIMATE_ROUNDS {
        rounds += 1;
        let tallied = tally(candidates, |pattern| posterior(pattern, &m, &u, matches));
        let next_matches = (tallied.weight / candidates.total() as f64).clamp(0.000_1, 0.999_9);
        let next = clamped(tallied.shares(initial, |weight| weight.m));
        let moved = (next_matches - matches).abs().max(distance(&next, &m));
        (m, matches) = (next, next_matches);
        if moved < CONVERGED {
            break;
        }
    }
    let entries = initial.entries().iter().map(|(field, level, weight)| {
        let at = |table: &Table, otherwise: f64| share(table, *field, *level).unwrap_or(otherwise);
        (*field, *level, Weight { m: at(&m, weight.m), u: at(&u, weight.u) })
    });
    Ok(Estimate { weights: Weights::new(version, entries.collect()), matches, rounds })
}

/// Refuses weights under which the volume of automatic links or of reviews moves by more than so
/// many percent: a change of that size is looked at by a human first.
///
/// # Errors
/// [`EstimateError::Moved`].
pub fn guard(before: [u64; 2], after: [u64; 2], limit_percent: u64) -> Result<(), EstimateError> {
    for (what, (before, after)) in
        ["automatic links", "reviews"].into_iter().zip(before.into_iter().zip(after))
    {
        let moved_percent = before.abs_diff(after).saturating_mul(100) / before.max(1);
        if moved_percent > limit_percent {
            return Err(EstimateError::Moved { what, moved_percent, limit_percent });
        }
    }
    Ok(())
}

/// Of scored pairs those in which each record is the other's best: at most one for each record.
/// Gives places in the list, in order.
pub fn one_to_one(pairs: &[(i64, i64, Millibits)]) -> Vec<usize> {
    let mut best: HashMap<i64, (Millibits, usize)> = HashMap::new();
    for (at, (one, other, score)) in pairs.iter().enumerate() {
        for identity in [one, other] {
            let entry = best.entry(*identity).or_insert((*score, at));
            if *score > entry.0 {
                *entry = (*score, at);
            }
        }
    }
    let is_best = |identity: &i64, at: usize| best.get(identity).is_some_and(|(_, b)| *b == at);
    pairs
        .iter()
        .enumerate()
        .filter(|(at, (one, other, _))| is_best(one, *at) && is_best(other, *at))
        .map(|(at, _)| at)
        .collect()
}

/// Whether a pair looks like two members of one household: something of a household agrees, given
/// name and birth date do not.
pub fn is_household_pair(comparison: &Comparison) -> bool {
    let exact = |field: Field| comparison.level(field) == Level::Exact;
    let shares = exact(Field::Telephone)
        || exact(Field::Insurance)
        || exact(Field::Area) && exact(Field::HouseNumber);
    let given_differs = matches!(comparison.level(Field::GivenName), Level::Differ);
    shares
        && given_differs
        && (!exact(Field::BirthDate) || comparison.level(Field::FamilyName).is_same_name())
}

/// A probability for each level of each field; `None` for what was never told.
type Table = [[Option<f64>; LEVELS]; FIELDS];

/// Nothing moves any more.
const CONVERGED: f64 = 0.000_001;
/// Weight of the initial value beside what is counted, in pairs.
const PRIOR_PAIRS: f64 = 10.0;
/// Where m may not go: a given name that agrees in fewer than half of the pairs of one human means
/// that something else was learnt; certainty is never learnt (identity.md §5.6).
const GIVEN_NAME_EXACT: [f64; 2] = [0.50, 0.99];
/// No probability is nothing.
const LEAST: f64 = 0.000_001;

struct Tally {
    levels: [[f64; LEVELS]; FIELDS],
    weight: f64,
}

fn tally(counts: &PatternCounts, weight_of: impl Fn(&[Level; FIELDS]) -> f64) -> Tally {
    let mut tally = Tally { levels: [[0.0; LEVELS]; FIELDS], weight: 0.0 };
    for (pattern, count) in &counts.counts {
        let weight = weight_of(pattern) * *count as f64;
        tally.weight += weight;
        for (level, levels) in pattern.iter().zip(&mut tally.levels) {
            if let Some(sum) = levels.get_mut(level.place()) {
                *sum += weight;
            }
        }
    }
    tally
}

impl Tally {
    /// Shares of the levels that say something, drawn a little to the initial ones.
    fn shares(&self, initial: &Weights, of: fn(&Weight) -> f64) -> Table {
        let mut table = [[None; LEVELS]; FIELDS];
        for (field, shares) in Field::ALL.iter().zip(&mut table) {
            let Some(levels) = self.levels.get(field.place()) else { continue };
            let known = |level: Level| initial.of(*field, level);
            let counted = |level: Level| levels.get(level.place()).copied().unwrap_or_default();
            let all: f64 =
                Level::ALL.iter().filter(|level| !level.is_silent()).map(|l| counted(*l)).sum();
            for (level, share) in Level::ALL.iter().zip(shares.iter_mut()) {
                *share = known(*level).map(|weight| {
                    let drawn = counted(*level) + PRIOR_PAIRS * of(&weight);
                    (drawn / (all + PRIOR_PAIRS)).max(LEAST)
                });
            }
        }
        table
    }
}

fn initial_table(initial: &Weights, of: fn(&Weight) -> f64) -> Table {
    let mut table = [[None; LEVELS]; FIELDS];
    for (field, level, weight) in initial.entries() {
        if let Some(share) =
            table.get_mut(field.place()).and_then(|levels| levels.get_mut(level.place()))
        {
            *share = Some(of(weight));
        }
    }
    table
}

fn clamped(mut table: Table) -> Table {
    let place = Level::Exact.place();
    if let Some(share) =
        table.get_mut(Field::GivenName.place()).and_then(|levels| levels.get_mut(place))
    {
        let [least, most] = GIVEN_NAME_EXACT;
        *share = share.map(|share: f64| share.clamp(least, most));
    }
    table
}

fn posterior(pattern: &[Level; FIELDS], m: &Table, u: &Table, matches: f64) -> f64 {
    let mut odds = matches / (1.0 - matches);
    for (field, level) in Field::ALL.iter().zip(pattern) {
        if level.is_silent() {
            continue;
        }
        if let (Some(m), Some(u)) = (share(m, *field, *level), share(u, *field, *level)) {
            odds *= m / u;
        }
    }
    odds / (1.0 + odds)
}

fn share(table: &Table, field: Field, level: Level) -> Option<f64> {
    table.get(field.place())?.get(level.place()).copied().flatten()
}

fn distance(one: &Table, other: &Table) -> f64 {
    let flat = |table: &Table| -> Vec<f64> {
        table.iter().flatten().map(|share| share.unwrap_or_default()).collect()
    };
    flat(one).iter().zip(flat(other)).map(|(one, other)| (one - other).abs()).fold(0.0, f64::max)
}
