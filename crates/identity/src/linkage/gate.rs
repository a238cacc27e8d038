//! The gate: what must hold, all of it, before a machine may link. Evidence adds up; conditions do
//! not: no amount of shared addresses makes up for a given name that differs.

use super::comparison::Comparison;
use super::field::{Field, Level};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// A condition of the gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConditionName {
    /// The given name agrees, as written or as read.
    GivenName,
    /// A given name that agrees as read alone has a witness that is the person's own.
    ReadingHasWitness,
    /// The birth dates are the same day.
    BirthDate,
    /// The sexes do not differ.
    Sex,
    /// The family name agrees, or is a documented former one.
    FamilyName,
    /// There is evidence beside reading, birth date and sex: those are shared by strangers.
    Witness,
}

/// One condition, and what was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// Which.
    pub name: ConditionName,
    /// Whether it holds.
    pub holds: bool,
    /// Why, as the name of a reason.
    pub reason: Cow<'static, str>,
}

/// The conditions of one pair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Gate {
    /// Every condition, in the order of [`ConditionName`].
    pub conditions: [Condition; 6],
}

impl Gate {
    /// Whether every condition holds.
    pub fn is_passed(&self) -> bool {
        self.conditions.iter().all(|condition| condition.holds)
    }
}

/// Holds a comparison against the gate (identity.md §5.4).
pub fn gate(comparison: &Comparison) -> Gate {
    Gate {
        conditions: [
            given_name(comparison),
            reading_has_witness(comparison),
            birth_date(comparison),
            sex(comparison),
            family_name(comparison),
            witness(comparison),
        ],
    }
}

fn condition(name: ConditionName, holds: bool, reason: &'static str) -> Condition {
    Condition { name, holds, reason: Cow::Borrowed(reason) }
}

fn given_name(comparison: &Comparison) -> Condition {
    let (holds, reason) = match comparison.level(Field::GivenName) {
        Level::Missing => (false, "missing"),
        Level::Silent => (false, "only gaiji"),
        level if level.is_same_name() => (true, "same name"),
        Level::Skeleton => (false, "letters against kana"),
        _ if is_swapped(comparison) => (true, "same names, in each other's place"),
        _ => (false, "another name"),
    };
    condition(ConditionName::GivenName, holds, reason)
}

/// 一美 and 和美 are both カズミ, and twins share the rest of a household.
fn reading_has_witness(comparison: &Comparison) -> Condition {
    let (holds, reason) = if agrees_as_written(comparison) {
        (true, "the writing agrees")
    } else if has_own_insurance(comparison) {
        (true, "insurance number and branch agree")
    } else if comparison.shares_mobile {
        (true, "a mobile telephone agrees")
    } else {
        (false, "the reading alone, and nothing that is the person's own")
    };
    condition(ConditionName::ReadingHasWitness, holds, reason)
}

fn birth_date(comparison: &Comparison) -> Condition {
    let (holds, reason) = match comparison.level(Field::BirthDate) {
        Level::Exact => (true, "same day"),
        // It often means that only the year is known: it weighs less, and does not forbid.
        Level::Placeholder => (true, "the same 1 January"),
        Level::Missing => (false, "missing"),
        _ => (false, "another day"),
    };
    condition(ConditionName::BirthDate, holds, reason)
}

fn sex(comparison: &Comparison) -> Condition {
    let differs = comparison.level(Field::Sex) == Level::Differ;
    condition(ConditionName::Sex, !differs, if differs { "they differ" } else { "no conflict" })
}

fn family_name(comparison: &Comparison) -> Condition {
    let (holds, reason) = match comparison.level(Field::FamilyName) {
        Level::Missing => (false, "missing"),
        Level::Silent if comparison.family.reading.is_same_name() => (true, "same name"),
        Level::Silent => (false, "only gaiji"),
        Level::Former => (true, "a documented former name"),
        level if level.is_same_name() => (true, "same name"),
        _ if is_swapped(comparison) => (true, "same names, in each other's place"),
        _ => (false, "another name"),
    };
    condition(ConditionName::FamilyName, holds, reason)
}

fn witness(comparison: &Comparison) -> Condition {
    let (holds, reason) = if agrees_as_written(comparison) {
        (true, "the given name's kanji")
    } else if has_own_insurance(comparison) {
        (true, "insurance number and branch")
    } else if comparison.shares_mobile {
        (true, "a mobile telephone")
    } else {
        (false, "nothing but reading, birth date and household")
    };
    condition(ConditionName::Witness, holds, reason)
}

fn agrees_as_written(comparison: &Comparison) -> bool {
    comparison.given.writing.is_same_name() || is_swapped(comparison)
}

/// Both names the same as written, each at the other's place: a slip of the desk.
fn is_swapped(comparison: &Comparison) -> bool {
    comparison.given.writing == Level::Swapped && comparison.family.writing == Level::Swapped
}

fn has_own_insurance(comparison: &Comparison) -> bool {
    comparison.level(Field::InsuranceBranch) == Level::Exact
}
