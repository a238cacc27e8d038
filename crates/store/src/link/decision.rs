//! What humans said of reviews.

use crate::{Row, StoreError, Tx};
use model::Timestamp;

statements! {
    INSERT = "link_decision/insert",
    BY_ID = "link_decision/by_id",
    OF_REVIEW = "link_decision/of_review",
    SET_UNDONE = "link_decision/set_undone",
}

/// A decision to write.
#[derive(Debug, Clone)]
pub struct NewDecision<'a> {
    /// The review.
    pub review_id: i64,
    /// What was said.
    pub verdict: &'a str,
    /// By whom.
    pub actor: &'a str,
    /// When.
    pub at: Timestamp,
    /// On what it rests.
    pub note: &'a str,
    /// What it did, as JSON, to be taken back by.
    pub effects: &'a str,
}

/// A decision as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionRow {
    /// Key.
    pub id: i64,
    /// The review.
    pub review_id: i64,
    /// What was said.
    pub verdict: String,
    /// By whom.
    pub actor: String,
    /// When.
    pub at: Timestamp,
    /// On what it rests.
    pub note: String,
    /// What it did, as JSON.
    pub effects: String,
    /// When it was taken back, and by whom.
    pub undone: Option<(Timestamp, String)>,
}

/// Writes a decision; gives its key.
pub fn insert_decision(tx: &mut Tx, new: &NewDecision<'_>) -> Result<i64, StoreError> {
    let NewDecision { review_id, verdict, actor, at, note, effects } = *new;
    let values = params![review_id, verdict, actor, at, note, effects];
    let id = tx.query_opt(&INSERT, values, |row| row.int(0))?;
    id.ok_or_else(|| StoreError::Damaged("an insert gave no key".to_owned()))
}

/// One decision.
pub fn decision_by_id(tx: &mut Tx, decision_id: i64) -> Result<Option<DecisionRow>, StoreError> {
    tx.query_opt(&BY_ID, params![decision_id], decision)
}

/// The decisions about a review, in their order.
pub fn decisions_of_review(tx: &mut Tx, review_id: i64) -> Result<Vec<DecisionRow>, StoreError> {
    tx.query(&OF_REVIEW, params![review_id], decision)
}

/// Says that a decision was taken back; `false` where it was before.
pub fn set_decision_undone(
    tx: &mut Tx,
    decision_id: i64,
    actor: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    Ok(tx.execute(&SET_UNDONE, params![decision_id, now, actor])? > 0)
}

fn decision(row: &Row<'_>) -> Result<DecisionRow, StoreError> {
    let undone = match (row.opt_int(7)?, row.opt_text(8)?) {
        (Some(at), Some(by)) => Some((Timestamp(at), by)),
        _ => None,
    };
    Ok(DecisionRow {
        id: row.int(0)?,
        review_id: row.int(1)?,
        verdict: row.text(2)?,
        actor: row.text(3)?,
        at: Timestamp(row.int(4)?),
        note: row.text(5)?,
        effects: row.text(6)?,
        undone,
    })
}
