//! Two records judged: levels, bits, gate and vetoes together.

use super::comparison::{Comparison, compare};
use super::gate::{Gate, gate};
use super::record::Record;
use super::score::{Score, score};
use super::veto::{Veto, vetoes};
use super::weights::Model;
use serde::{Deserialize, Serialize};

/// What may be done with a pair, looked at by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Nothing: the evidence is too small, or a veto says that they are two.
    Apart,
    /// A human may be asked.
    Review,
    /// A machine may link, unless another person is nearly as likely.
    Automatic,
}

/// Two records judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assessment {
    /// The levels.
    pub comparison: Comparison,
    /// The bits.
    pub score: Score,
    /// The conditions.
    pub gate: Gate,
    /// The vetoes.
    pub vetoes: Vec<Veto>,
    /// What follows of them.
    pub standing: Standing,
}

/// Judges two records. Symmetric, and a function of the two and the model alone.
pub fn assess(one: &Record, other: &Record, model: &Model) -> Assessment {
    let comparison = compare(one, other);
    let score = score(one, other, &comparison, model);
    let gate = gate(&comparison);
    let vetoes = vetoes(one, other, &comparison);
    let standing = standing(&score, &gate, &vetoes, model);
    Assessment { comparison, score, gate, vetoes, standing }
}

fn standing(score: &Score, gate: &Gate, vetoes: &[Veto], model: &Model) -> Standing {
    let thresholds = &model.thresholds;
    let total = score.total_millibits;
    if total < thresholds.review_millibits || vetoes.iter().any(|veto| !veto.asks()) {
        Standing::Apart
    } else if vetoes.is_empty() && gate.is_passed() && total >= thresholds.automatic_millibits {
        Standing::Automatic
    } else {
        Standing::Review
    }
}
