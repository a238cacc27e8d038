//! Record linkage: which identities are one human, by evidence that is explained and a gate that
//! is kept. Pure: records in, a settlement with its reasons out; the database only looks up keys.
//!
//! The way: [`Evidence`] is what a source says; a [`Record`] is its comparable form. A
//! [`Comparison`] gives a level per field, a [`Model`] turns levels into [`Score`]s in bits, the
//! [`Gate`] and [`vetoes`] say whether a machine may link at all. [`assess`] is all of this for two
//! records, [`neighbourhood`] finds whom to compare by [`blocking`] keys in a [`CandidateIndex`],
//! and [`settle`] groups them: the same records give the same persons in whatever order they came.
//!
//! The algorithm is that of Fellegi and Sunter (1969) with value frequencies (Zhu 2009), and with
//! the evidence of a household capped: its members share surname, address, telephone and insurance.

mod assessment;
mod blocking;
mod comparison;
mod decision;
mod estimate;
mod explanation;
mod field;
mod frequency;
mod gate;
mod household;
mod index;
mod names;
mod neighbourhood;
mod places;
mod record;
mod score;
mod veto;
mod weights;

pub use assessment::{Assessment, Standing, assess};
pub use blocking::{BlockingKey, index_keys, probe_keys};
pub use comparison::{Comparison, compare};
pub use decision::{Decision, Group, Review, ReviewReason, Settlement, Tie, decide, settle};
pub use estimate::{
    Estimate, EstimateError, PatternCounts, estimate, guard, is_household_pair, one_to_one,
};
pub use explanation::{Explanation, FieldExplanation, RunnerUp, Sides, explain};
pub use field::{Field, Level};
pub use frequency::{Frequencies, FrequencyCounts, NameForm};
pub use gate::{Condition, ConditionName, Gate, gate};
pub use household::HouseholdRule;
pub use index::{CandidateIndex, Holders, MemoryIndex};
pub use neighbourhood::{Edge, Neighbourhood, neighbourhood};
pub use record::{Evidence, Insurance, NamePart, Record, RecordKey};
pub use score::{Millibits, Score, score};
pub use veto::{Veto, vetoes};
pub use weights::{MODEL_VERSION, Model, Thresholds, Weight, Weights};
