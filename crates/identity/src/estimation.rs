//! The weights estimated from a region's own records, as a job of the night: versioned, scored
//! beside the version that decides, and activated only if little would be decided otherwise.

mod job;
mod sample;

pub use job::{Nightly, run_if_due};

use crate::error::IdentityError;
use crate::linkage::{
    Estimate, EstimateError, HouseholdRule, Model, NameForm, Standing, Thresholds, assess,
    estimate, guard,
};
use crate::matching::weights::{Active, StoredModel, active, digest};
use model::Timestamp;
use model::limits::{LINKAGE_GUARD_PERCENT, LINKAGE_MODEL_VERSIONS, LINKAGE_PERSONS_AT_LEAST};
use sample::Sample;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::link::{ModelLine, NewModel, insert_model, models, prune_models, set_model_state};
use store::{Store, StoreError, Tx, person};

/// What an estimation found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Identities that were looked at.
    pub identities: u64,
    /// Pairs of them with others that share a key.
    pub candidate_pairs: u64,
    /// Rounds of the estimation.
    pub rounds: u64,
    /// Automatic links and reviews among the pairs, by the version that decides.
    pub before: [u64; 2],
    /// The same by the new version.
    pub after: [u64; 2],
    /// Why it may not decide; empty where it may.
    pub refusal: String,
}

/// A version of the weights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Key.
    pub id: i64,
    /// `active`, `retired` or `refused`.
    pub state: String,
    /// When it was estimated.
    pub made: Timestamp,
    /// Since when it decides, or decided.
    pub activated: Option<Timestamp>,
    /// What the estimation found.
    pub report: Report,
}

const ACTIVE: &str = "active";
const RETIRED: &str = "retired";
const REFUSED: &str = "refused";

/// The newest versions, the newest first. None where the weights that the code carries decide.
pub fn versions(tx: &mut Tx, count: u32) -> Result<Vec<Version>, IdentityError> {
    models(tx, i64::from(count))?.into_iter().map(version).collect()
}

/// Estimates weights of a sample of the records, and lets them decide if the guard lets them.
/// Blocks; reads in pieces, so that it holds nobody up, and writes once.
///
/// # Errors
/// The database's. Too few records are no error: nothing is written then.
pub fn estimate_now(store: &Store, now: Timestamp) -> Result<Option<Version>, IdentityError> {
    let deciding = store.read_blocking(active)?;
    let sample = Sample::take(store, &deciding.model)?;
    let name = format!("region-{}", now.0);
    let initial = &deciding.model.weights;
    let estimated = match estimate(&name, &sample.candidates, &sample.random, initial) {
        Ok(estimated) => estimated,
        Err(EstimateError::TooFew { pairs, needed }) => {
            tracing::info!(pairs, needed, "too few pairs to estimate weights from");
            return Ok(None);
        }
        Err(error) => return Err(StoreError::Damaged(error.to_string()).into()),
    };
    let persons = store.read_blocking(person::count_persons)?;
    let stored = stored_model(&sample, &estimated, u64::try_from(persons).unwrap_or(0));
    let report = report(&sample, &deciding.model, &stored.clone().into_model(), estimated.rounds);
    let written = store.write_blocking(move |tx| keep(tx, &deciding, &stored, &report, now))?;
    Ok(Some(written))
}

fn stored_model(sample: &Sample, estimated: &Estimate, persons: u64) -> StoredModel {
    let mut names: [BTreeMap<u64, u32>; 4] = Default::default();
    for record in sample.one_of_each_person() {
        for (form, table) in NameForm::ALL.into_iter().zip(&mut names) {
            let value = form.value(record);
            if value != 0 {
                let count = table.entry(value).or_default();
                *count = count.saturating_add(1);
            }
        }
    }
    StoredModel {
        weights: estimated.weights.clone(),
        household: HouseholdRule::JAPAN,
        thresholds: Thresholds::DEFAULT,
        prior_millibits: Model::prior(persons.max(LINKAGE_PERSONS_AT_LEAST)),
        names: names.map(|table| table.into_iter().collect()),
    }
}

fn report(sample: &Sample, deciding: &Model, new: &Model, rounds: u64) -> Report {
    let volume = |model: &Model| {
        let standings = sample.pairs.iter().map(|(one, other)| assess(one, other, model).standing);
        standings.fold([0, 0], |[links, reviews], standing| match standing {
            Standing::Automatic => [links + 1, reviews],
            Standing::Review => [links, reviews + 1],
            Standing::Apart => [links, reviews],
        })
    };
    let (before, after) = (volume(deciding), volume(new));
    let refusal = guard(before, after, LINKAGE_GUARD_PERCENT).err();
    Report {
        identities: sample.identities,
        candidate_pairs: sample.pairs.len() as u64,
        rounds,
        before,
        after,
        refusal: refusal.map(|error| error.to_string()).unwrap_or_default(),
    }
}

/// Writes the version. It decides from now on, unless the guard refuses, or another version has
/// come to decide meanwhile: that is not what it was compared with.
fn keep(
    tx: &mut Tx,
    compared: &Arc<Active>,
    stored: &StoredModel,
    report: &Report,
    now: Timestamp,
) -> Result<Version, IdentityError> {
    let json = |error: serde_json::Error| StoreError::Damaged(format!("weights: {error}"));
    let mut report = report.clone();
    let deciding = active(tx)?;
    if deciding.id != compared.id && report.refusal.is_empty() {
        report.refusal = "another version came to decide meanwhile".to_owned();
    }
    let is_active = report.refusal.is_empty();
    if let Some(before) = deciding.id.filter(|_| is_active) {
        set_model_state(tx, before, RETIRED, None)?;
    }
    let text = serde_json::to_string(stored).map_err(json)?;
    let state = if is_active { ACTIVE } else { REFUSED };
    let activated = is_active.then_some(now);
    let new = NewModel {
        digest: &digest(&text),
        state,
        made: now,
        activated,
        model: &text,
        report: &serde_json::to_string(&report).map_err(json)?,
    };
    let id = insert_model(tx, &new)?;
    let kept = i64::try_from(LINKAGE_MODEL_VERSIONS).unwrap_or(i64::MAX);
    prune_models(tx, id.saturating_sub(kept))?;
    Ok(Version { id, state: state.to_owned(), made: now, activated, report })
}

fn version(line: ModelLine) -> Result<Version, IdentityError> {
    let report = serde_json::from_str(&line.report)
        .map_err(|error| StoreError::Damaged(format!("report of weights {}: {error}", line.id)))?;
    let ModelLine { id, state, made, activated, .. } = line;
    Ok(Version { id, state, made, activated, report })
}
