//! Reviews of linkage: pairs of identities of which a machine does not decide whether they are one
//! human, and persons whose records contradict each other. A human answers; every answer is kept
//! with who gave it and on what grounds, and can be taken back.
//!
//! [`list`] gives what waits, [`case`] one of it with everything that is needed to answer,
//! [`decide`] takes the answer, [`undo`] takes it back, [`explain_pair`] compares any two.

mod case;
mod decide;
mod effects;
mod list;
mod queue;
mod undo;

pub use case::{Decided, EffectPerson, Effects, ReviewCase, ReviewSide, case, explain_pair};
pub use decide::{DecideOutcome, DecideRequest, Verdict, decide};
pub use list::{ReviewCursor, ReviewIdentity, ReviewLine, ReviewPage, list};
pub use queue::{QueuePage, queue};
pub use undo::{UndoRequest, undo};

use crate::error::IdentityError;
use crate::linkage::{Millibits, ReviewReason, Veto};
use serde::{Deserialize, Serialize};
use store::StoreError;
use store::link::ReviewRow;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "question")]
pub enum Question {
    /// May the two be one human?
    MayBeOne {
        /// Why no machine linked them.
        reason: ReviewReason,
    },
    /// They stand under one person and contradict each other: are they one all the same? An alarm;
    /// until it is answered the link stands.
    Contradiction {
        /// Their birth dates contradict each other.
        birth: bool,
        /// Their sexes do.
        sex: bool,
        /// For what no machine would link them now.
        vetoes: Vec<Veto>,
    },
}

/// Whether a review waits, and what came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReviewState {
    /// It waits, put off or not.
    Open,
    /// A human said that they are one.
    Same,
    /// A human said that they are two.
    NotSame,
    /// Another link, split or decision answered it.
    Settled,
    /// The evidence changed and asks no more.
    Superseded,
}

impl ReviewState {
    const ALL: [ReviewState; 5] = [
        ReviewState::Open,
        ReviewState::Same,
        ReviewState::NotSame,
        ReviewState::Settled,
        ReviewState::Superseded,
    ];

    /// The stable name in the database.
    pub fn name(self) -> &'static str {
        match self {
            ReviewState::Open => crate::matching::questions::OPEN,
            ReviewState::Same => "same",
            ReviewState::NotSame => "not-same",
            ReviewState::Settled => crate::matching::questions::SETTLED,
            ReviewState::Superseded => crate::matching::questions::SUPERSEDED,
        }
    }

    fn of(row: &ReviewRow) -> Result<ReviewState, StoreError> {
        let found = ReviewState::ALL.into_iter().find(|state| state.name() == row.state);
        found.ok_or_else(|| StoreError::Damaged(format!("review state {}", row.state)))
    }
}

/// Put off reviews come after all others, alarms before; among equals the strongest evidence first.
const PUT_OFF: i64 = 1 << 42;
const NO_ALARM: i64 = 1 << 40;

/// The place of a review in the list: smaller ones come first.
pub(crate) fn priority(alarm: bool, is_put_off: bool, score_millibits: i64) -> i64 {
    let alarm = if alarm { 0 } else { NO_ALARM };
    let put_off = if is_put_off { PUT_OFF } else { 0 };
    put_off + alarm - score_millibits
}

fn is_put_off(row: &ReviewRow) -> bool {
    row.priority > PUT_OFF / 2 + NO_ALARM
}

fn score(row: &ReviewRow) -> Millibits {
    Millibits::try_from(row.score_millibits).unwrap_or(Millibits::MAX)
}

fn question(row: &ReviewRow) -> Result<Question, StoreError> {
    serde_json::from_str(&row.reason)
        .map_err(|error| StoreError::Damaged(format!("question of review {}: {error}", row.id)))
}

fn row(tx: &mut store::Tx, review_id: i64) -> Result<ReviewRow, IdentityError> {
    let found = store::link::review_by_id(tx, review_id)?;
    found.ok_or(IdentityError::NoSuchReview(review_id))
}
