//! The weights that decide: those of the active version, else those that the code carries.

use crate::linkage::{
    Frequencies, FrequencyCounts, HouseholdRule, Millibits, Model, NameForm, Thresholds, Weights,
};
use model::limits::LINKAGE_PERSONS_AT_LEAST;
use serde::{Deserialize, Serialize};
use std::sync::{Arc, Mutex, PoisonError};
use store::link::{active_model, model_by_id};
use store::{StoreError, Tx};

/// A model with the digest under which its decisions are kept.
#[derive(Debug)]
pub(crate) struct Active {
    /// Key of its version; `None` for the one that the code carries.
    pub id: Option<i64>,
    /// Digest of its text.
    pub digest: String,
    /// The model.
    pub model: Model,
}

/// A model as it is stored: never changed once written.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct StoredModel {
    /// m and u.
    pub weights: Weights,
    /// The cap on a household's evidence.
    pub household: HouseholdRule,
    /// Thresholds.
    pub thresholds: Thresholds,
    /// The prior.
    pub prior_millibits: Millibits,
    /// How often names are borne: for each form of [`NameForm::ALL`] hashes with their counts.
    pub names: [Vec<(u64, u32)>; 4],
}

/// Digest of the model that the code carries.
const BUILT_IN: &str = "built-in";

/// The last version that was read. Versions are never changed, so nothing kept here grows old; the
/// store is asked each time which one is active.
static READ: Mutex<Option<Arc<Active>>> = Mutex::new(None);

/// The model that decides now.
pub(crate) fn active(tx: &mut Tx) -> Result<Arc<Active>, StoreError> {
    let wanted = active_model(tx)?;
    let digest = wanted.as_ref().map_or(BUILT_IN, |(_, digest)| digest.as_str());
    let id = wanted.as_ref().map(|(id, _)| *id);
    let known = READ.lock().unwrap_or_else(PoisonError::into_inner).clone();
    if let Some(known) = known.filter(|known| known.digest == digest && known.id == id) {
        return Ok(known);
    }
    let model = match id {
        None => Model::new(LINKAGE_PERSONS_AT_LEAST, Frequencies::default()),
        Some(id) => read(tx, id)?,
    };
    let made = Arc::new(Active { id, digest: digest.to_owned(), model });
    *READ.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&made));
    Ok(made)
}

/// The model of a version.
pub(crate) fn read(tx: &mut Tx, model_id: i64) -> Result<Model, StoreError> {
    let row = model_by_id(tx, model_id)?
        .ok_or_else(|| StoreError::Damaged(format!("link model {model_id} is gone")))?;
    let stored: StoredModel = serde_json::from_str(&row.model)
        .map_err(|error| StoreError::Damaged(format!("link model {model_id}: {error}")))?;
    Ok(stored.into_model())
}

impl StoredModel {
    /// The model in the form that scores.
    pub fn into_model(self) -> Model {
        let mut counts = FrequencyCounts::default();
        for (form, values) in NameForm::ALL.into_iter().zip(&self.names) {
            for (value, count) in values {
                counts.add_value(form, *value, *count);
            }
        }
        Model {
            weights: self.weights,
            frequencies: Frequencies::new(counts),
            household: self.household,
            thresholds: self.thresholds,
            prior_millibits: self.prior_millibits,
        }
    }
}
