//! Evidence in bits: log2 of how much more often a level is seen among records of one human.

use super::comparison::Comparison;
use super::field::{FIELDS, Field, Level};
use super::frequency::NameForm;
use super::record::Record;
use super::weights::Model;

/// Thousandths of a bit. Whole numbers, so that parts add up to their sum exactly and in any order.
pub type Millibits = i32;

/// No field counts more, for or against: a probability estimated at nearly nothing is not known
/// that well.
pub const FIELD_MILLIBITS: Millibits = 16_000;

/// What two records' agreement says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Score {
    /// Bits of each field, in the order of [`Field::ALL`].
    pub fields: [Millibits; FIELDS],
    /// What the household cap takes away or gives back.
    pub household_millibits: Millibits,
    /// The prior.
    pub prior_millibits: Millibits,
    /// The sum of all of these: log2 of the posterior odds.
    pub total_millibits: Millibits,
}

/// How the bits of one field came about.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct FieldWeight {
    /// m of the level; `None` for a level that says nothing.
    pub m: Option<f64>,
    /// u of the level, for the value's own frequency where that is known.
    pub u: Option<f64>,
    /// The value's share among persons, where it was used.
    pub frequency: Option<f64>,
    /// The bits.
    pub millibits: Millibits,
}

/// The score of a comparison.
pub fn score(one: &Record, other: &Record, comparison: &Comparison, model: &Model) -> Score {
    let mut fields = [0; FIELDS];
    for (field, bits) in Field::ALL.iter().zip(&mut fields) {
        *bits = field_weight(*field, one, other, comparison, model).millibits;
    }
    let household_millibits = model.household.adjustment(&fields);
    let prior_millibits = model.prior_millibits;
    let total_millibits = fields.iter().sum::<Millibits>() + household_millibits + prior_millibits;
    Score { fields, household_millibits, prior_millibits, total_millibits }
}

/// The bits of one field, and what they are made of.
pub fn field_weight(
    field: Field,
    one: &Record,
    other: &Record,
    comparison: &Comparison,
    model: &Model,
) -> FieldWeight {
    let level = comparison.level(field);
    if level.is_silent() {
        return FieldWeight::default();
    }
    let Some(weight) = model.weights.of(field, level) else { return FieldWeight::default() };
    let frequency = frequency(field, level, [one, other], comparison, model);
    let exact = model.weights.of(field, Level::Exact).map(|exact| exact.u);
    let u = match (frequency, exact) {
        (Some(share), Some(exact)) if exact > 0.0 => share * weight.u / exact,
        _ => weight.u,
    };
    let bits = millibits(weight.m / u).clamp(-FIELD_MILLIBITS, FIELD_MILLIBITS);
    FieldWeight { m: Some(weight.m), u: Some(u), frequency, millibits: bits }
}

/// log2 in thousandths, of a ratio that is positive; the most that can be written for others.
pub fn millibits(ratio: f64) -> Millibits {
    let bits = (ratio.log2() * 1_000.0).round();
    // A cast of a float saturates, and takes what is no number as 0.
    bits as Millibits
}

/// The share of persons who have the name that agrees; of two that are alike the more common.
fn frequency(
    field: Field,
    level: Level,
    records: [&Record; 2],
    comparison: &Comparison,
    model: &Model,
) -> Option<f64> {
    let form: NameForm = match field {
        Field::GivenName => comparison.given_form,
        Field::FamilyName => comparison.family_form,
        _ => return None,
    };
    if !level.is_same_name() {
        return None;
    }
    let share = |record: &Record| model.frequencies.share(form, form.value(record));
    let [one, other] = records.map(share);
    Some(one?.max(other?))
}
