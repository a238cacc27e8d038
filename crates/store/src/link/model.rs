//! Versions of the weights.

use crate::{StoreError, Tx};
use model::Timestamp;

statements! {
    INSERT = "link_model/insert",
    SET_STATE = "link_model/set_state",
    ACTIVE_DIGEST = "link_model/active_digest",
    BY_ID = "link_model/by_id",
    LIST = "link_model/list",
}

/// A version to write.
#[derive(Debug, Clone)]
pub struct NewModel<'a> {
    /// Digest of `model`.
    pub digest: &'a str,
    /// Whether it decides.
    pub state: &'a str,
    /// When it was estimated.
    pub made: Timestamp,
    /// Since when it decides.
    pub activated: Option<Timestamp>,
    /// Weights, frequencies and thresholds, as JSON.
    pub model: &'a str,
    /// On what it rests and what it would change, as JSON.
    pub report: &'a str,
}

/// A version without its weights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelLine {
    /// Key.
    pub id: i64,
    /// Digest of its text.
    pub digest: String,
    /// Whether it decides.
    pub state: String,
    /// When it was estimated.
    pub made: Timestamp,
    /// Since when it decides, or decided.
    pub activated: Option<Timestamp>,
    /// On what it rests and what it would change, as JSON.
    pub report: String,
}

/// A version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelRow {
    /// All but the weights.
    pub line: ModelLine,
    /// Weights, frequencies and thresholds, as JSON.
    pub model: String,
}

/// Writes a version; gives its key.
pub fn insert_model(tx: &mut Tx, new: &NewModel<'_>) -> Result<i64, StoreError> {
    let values = params![new.digest, new.state, new.made, new.activated, new.model, new.report];
    let id = tx.query_opt(&INSERT, values, |row| row.int(0))?;
    id.ok_or_else(|| StoreError::Damaged("an insert gave no key".to_owned()))
}

/// Says whether a version decides; with a time, since when.
pub fn set_model_state(
    tx: &mut Tx,
    model_id: i64,
    state: &str,
    activated: Option<Timestamp>,
) -> Result<(), StoreError> {
    tx.execute(&SET_STATE, params![model_id, state, activated]).map(drop)
}

/// Key and digest of the version that decides.
pub fn active_model(tx: &mut Tx) -> Result<Option<(i64, String)>, StoreError> {
    tx.query_opt(&ACTIVE_DIGEST, params![], |row| Ok((row.int(0)?, row.text(1)?)))
}

/// One version with its weights.
pub fn model_by_id(tx: &mut Tx, model_id: i64) -> Result<Option<ModelRow>, StoreError> {
    tx.query_opt(&BY_ID, params![model_id], |row| {
        let line = ModelLine {
            id: row.int(0)?,
            digest: row.text(1)?,
            state: row.text(2)?,
            made: Timestamp(row.int(3)?),
            activated: row.opt_int(4)?.map(Timestamp),
            report: row.text(6)?,
        };
        Ok(ModelRow { line, model: row.text(5)? })
    })
}

/// The newest versions, without their weights.
pub fn models(tx: &mut Tx, page_rows: i64) -> Result<Vec<ModelLine>, StoreError> {
    tx.query(&LIST, params![page_rows], |row| {
        Ok(ModelLine {
            id: row.int(0)?,
            digest: row.text(1)?,
            state: row.text(2)?,
            made: Timestamp(row.int(3)?),
            activated: row.opt_int(4)?.map(Timestamp),
            report: row.text(5)?,
        })
    })
}
