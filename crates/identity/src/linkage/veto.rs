//! Vetoes: what forbids a machine to link, whatever the evidence.

use super::comparison::Comparison;
use super::field::{Field, Level};
use super::record::Record;
use model::date::days_from_civil;
use serde::{Deserialize, Serialize};

/// A reason for which a machine never links.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Veto {
    /// A human said that they are not one person.
    KeptApart,
    /// Two patients of one domain: only its hospital can say that they are one (A40).
    SameDomain,
    /// Different branches (枝番) under one insurance number: two members of one household.
    BranchConflict,
    /// Both given names are legible in kanji and are other names, though they are read alike.
    GivenWritingDiffers,
    /// Born on one day into one household under other given names: twins.
    Twins,
    /// One was seen after the other had died.
    SeenAfterDeath,
}

impl Veto {
    /// Whether a human should be asked where the evidence is strong. Twins and members of one
    /// household are known to be two; asking would teach people to click.
    pub fn asks(self) -> bool {
        matches!(self, Veto::SameDomain | Veto::GivenWritingDiffers | Veto::SeenAfterDeath)
    }
}

/// The vetoes that two records alone give rise to, in order. [`Veto::KeptApart`] is stored, not
/// found.
pub fn vetoes(one: &Record, other: &Record, comparison: &Comparison) -> Vec<Veto> {
    let given_differs = comparison.given.writing == Level::Differ;
    let found = [
        (Veto::SameDomain, one.key.domain == other.key.domain),
        (Veto::BranchConflict, comparison.level(Field::InsuranceBranch) == Level::Differ),
        (Veto::GivenWritingDiffers, given_differs && comparison.given.reading.is_same_name()),
        (Veto::Twins, is_twins(comparison)),
        (Veto::SeenAfterDeath, is_after_death(one, other) || is_after_death(other, one)),
    ];
    found.into_iter().filter_map(|(veto, holds)| holds.then_some(veto)).collect()
}

fn is_twins(comparison: &Comparison) -> bool {
    let is = |field: Field, level: Level| comparison.level(field) == level;
    let given_differs = is(Field::GivenName, Level::Differ)
        || comparison.given.writing == Level::Differ && !comparison.given.reading.is_same_name();
    let is_one_household = is(Field::Telephone, Level::Exact)
        || is(Field::Insurance, Level::Exact)
        || is(Field::Area, Level::Exact) && is(Field::HouseNumber, Level::Exact);
    given_differs
        && is(Field::BirthDate, Level::Exact)
        && comparison.level(Field::FamilyName).is_same_name()
        && is_one_household
}

/// Papers arrive for some weeks after a death.
const PAPERS_DAYS: i64 = 60;

fn is_after_death(dead: &Record, seen: &Record) -> bool {
    let days = |date: u32| {
        let date = i64::from(date);
        days_from_civil(date / 10_000, date / 100 % 100, date % 100)
    };
    dead.death != 0 && seen.last_seen != 0 && days(seen.last_seen) > days(dead.death) + PAPERS_DAYS
}
