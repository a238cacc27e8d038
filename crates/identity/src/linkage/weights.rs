//! The weights of a model: how often each level is seen among records of one human (m) and of two
//! (u), the thresholds, and the version under which decisions are stored.

use super::field::{FIELDS, Field, LEVELS, Level};
use super::frequency::Frequencies;
use super::household::HouseholdRule;
use super::score::Millibits;
use serde::{Deserialize, Serialize};

/// The version of the rules in this code: levels, gate, vetoes, household cap, settlement.
pub const MODEL_VERSION: u32 = 1;

/// The probabilities of a level.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Weight {
    /// Among pairs of records of one human.
    pub m: f64,
    /// Among pairs of records of two.
    pub u: f64,
}

/// The probabilities of every level of every field. A level without any counts 0 bits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "StoredWeights", into = "StoredWeights")]
pub struct Weights {
    version: String,
    entries: Vec<(Field, Level, Weight)>,
    table: Box<[[Option<Weight>; LEVELS]; FIELDS]>,
}

/// Weights as they are stored.
#[derive(Serialize, Deserialize)]
struct StoredWeights {
    version: String,
    entries: Vec<(Field, Level, Weight)>,
}

/// Where the machine decides and where it asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thresholds {
    /// From here on a link may be automatic, if the gate lets it.
    pub automatic_millibits: Millibits,
    /// From here on a human is asked.
    pub review_millibits: Millibits,
    /// By so much a person must stand before the next one.
    pub margin_millibits: Millibits,
}

impl Thresholds {
    /// Posterior odds of 2¹² (4,096 to 1) to link what passed the gate, of 2⁵ to ask, 6 bits before
    /// the runner-up.
    pub const DEFAULT: Thresholds = Thresholds {
        automatic_millibits: 12_000,
        review_millibits: 5_000,
        margin_millibits: 6_000,
    };
}

/// All that a score depends on beside the two records.
#[derive(Debug, Clone)]
pub struct Model {
    /// m and u.
    pub weights: Weights,
    /// How common names are.
    pub frequencies: Frequencies,
    /// The cap on a household's evidence.
    pub household: HouseholdRule,
    /// Thresholds.
    pub thresholds: Thresholds,
    /// log2 of the odds that two records are one human before anything is compared.
    pub prior_millibits: Millibits,
}

impl Model {
    /// The model of Japanese sources with the weights that this code carries, for a region of so
    /// many persons.
    pub fn new(persons: u64, frequencies: Frequencies) -> Model {
        Model {
            weights: Weights::japan(),
            frequencies,
            household: HouseholdRule::JAPAN,
            thresholds: Thresholds::DEFAULT,
            prior_millibits: Model::prior(persons),
        }
    }

    /// The prior among so many persons: one of them is the right one.
    pub fn prior(persons: u64) -> Millibits {
        super::score::millibits(1.0 / persons.max(2) as f64)
    }
}

impl Weights {
    /// Weights of these entries.
    pub fn new(version: impl Into<String>, entries: Vec<(Field, Level, Weight)>) -> Weights {
        let mut table = Box::new([[None; LEVELS]; FIELDS]);
        for (field, level, weight) in &entries {
            if let Some(place) =
                table.get_mut(field.place()).and_then(|levels| levels.get_mut(level.place()))
            {
                *place = Some(*weight);
            }
        }
        Weights { version: version.into(), entries, table }
    }

    /// Under which decisions are stored.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The weights that this code carries: initial values of the estimation, and what decides
    /// until a region has estimated its own.
    pub fn japan() -> Weights {
        let entries = JAPAN.iter().flat_map(|(field, levels)| {
            levels.iter().map(|(level, m, u)| (*field, *level, Weight { m: *m, u: *u }))
        });
        Weights::new("japan-1", entries.collect())
    }

    /// The probabilities of a level of a field.
    pub fn of(&self, field: Field, level: Level) -> Option<Weight> {
        self.table.get(field.place())?.get(level.place()).copied().flatten()
    }

    /// Every entry.
    pub fn entries(&self) -> &[(Field, Level, Weight)] {
        &self.entries
    }
}

impl From<StoredWeights> for Weights {
    fn from(stored: StoredWeights) -> Weights {
        Weights::new(stored.version, stored.entries)
    }
}

impl From<Weights> for StoredWeights {
    fn from(weights: Weights) -> StoredWeights {
        StoredWeights { version: weights.version, entries: weights.entries }
    }
}

/// A field with m and u of each of its levels.
type FieldTable = (Field, &'static [(Level, f64, f64)]);

const JAPAN: &[FieldTable] = &[
    (Field::GivenName, GIVEN_NAME),
    (Field::GivenReadingBeside, READING_BESIDE),
    (Field::GivenWritingBeside, GIVEN_WRITING_BESIDE),
    (Field::FamilyName, FAMILY_NAME),
    (Field::FamilyReadingBeside, READING_BESIDE),
    (Field::FamilyWritingBeside, FAMILY_WRITING_BESIDE),
    (Field::BirthDate, BIRTH_DATE),
    (Field::Sex, &[(Level::Exact, 0.995, 0.5), (Level::Differ, 0.005, 0.5)]),
    (Field::PostalCode, POSTAL_CODE),
    (Field::Area, AREA),
    (Field::HouseNumber, HOUSE_NUMBER),
    (Field::Telephone, TELEPHONE),
    // Another number is no evidence against: it changes with employer, marriage and age.
    (Field::Insurance, &[(Level::Exact, 0.75, 0.000_01)]),
    (Field::InsuranceBranch, &[(Level::Exact, 0.985, 0.3), (Level::Differ, 0.000_17, 0.7)]),
];

const GIVEN_NAME: &[(Level, f64, f64)] = &[
    (Level::Exact, 0.90, 0.003),
    (Level::Variant, 0.02, 0.000_1),
    (Level::Similar, 0.003, 0.000_05),
    (Level::Loose, 0.03, 0.000_4),
    (Level::Skeleton, 0.002, 0.01),
    (Level::Swapped, 0.004, 0.000_02),
    (Level::OneEdit, 0.02, 0.012),
    (Level::Near, 0.005, 0.01),
    (Level::Differ, 0.016, 0.964),
];

const FAMILY_NAME: &[(Level, f64, f64)] = &[
    (Level::Exact, 0.88, 0.001_4),
    (Level::Variant, 0.05, 0.000_1),
    (Level::Similar, 0.005, 0.000_05),
    (Level::Loose, 0.02, 0.000_1),
    (Level::Skeleton, 0.002, 0.004),
    (Level::Swapped, 0.004, 0.000_02),
    (Level::Former, 0.01, 0.000_5),
    (Level::OneEdit, 0.008, 0.006),
    (Level::Near, 0.001, 0.003),
    (Level::Differ, 0.02, 0.984),
];

/// Given that the writing agrees.
const READING_BESIDE: &[(Level, f64, f64)] = &[
    (Level::Exact, 0.95, 0.80),
    (Level::Loose, 0.03, 0.02),
    (Level::Skeleton, 0.005, 0.005),
    (Level::OneEdit, 0.005, 0.03),
    (Level::Differ, 0.01, 0.145),
];

/// Given that the reading agrees better than the writing: 一美 beside 和美 is another woman.
const GIVEN_WRITING_BESIDE: &[(Level, f64, f64)] = &[
    (Level::Variant, 0.60, 0.02),
    (Level::Similar, 0.08, 0.02),
    (Level::OneEdit, 0.12, 0.10),
    (Level::Differ, 0.20, 0.86),
];

const FAMILY_WRITING_BESIDE: &[(Level, f64, f64)] = &[
    (Level::Variant, 0.78, 0.15),
    (Level::Similar, 0.12, 0.10),
    (Level::OneEdit, 0.04, 0.05),
    (Level::Differ, 0.06, 0.70),
];

const BIRTH_DATE: &[(Level, f64, f64)] = &[
    (Level::Exact, 0.955, 0.000_034),
    (Level::Placeholder, 0.004, 0.000_004),
    (Level::YearByOne, 0.006, 0.000_06),
    (Level::EraYears, 0.004, 0.000_03),
    (Level::DayMonthSwapped, 0.004, 0.000_02),
    (Level::OneEdit, 0.012, 0.000_8),
    (Level::Near, 0.004, 0.000_6),
    (Level::Partial, 0.004, 0.03),
    (Level::Differ, 0.007, 0.968),
];

const POSTAL_CODE: &[(Level, f64, f64)] =
    &[(Level::Exact, 0.80, 0.003), (Level::OneEdit, 0.04, 0.02), (Level::Differ, 0.16, 0.977)];

const AREA: &[(Level, f64, f64)] = &[
    (Level::Exact, 0.72, 0.002),
    (Level::OneEdit, 0.03, 0.001),
    (Level::Near, 0.03, 0.005),
    (Level::Partial, 0.04, 0.03),
    (Level::Similar, 0.04, 0.07),
    (Level::Differ, 0.14, 0.892),
];

const HOUSE_NUMBER: &[(Level, f64, f64)] =
    &[(Level::Exact, 0.78, 0.01), (Level::Partial, 0.08, 0.06), (Level::Differ, 0.14, 0.93)];

const TELEPHONE: &[(Level, f64, f64)] = &[
    (Level::Exact, 0.72, 0.000_01),
    (Level::OneEdit, 0.03, 0.000_1),
    (Level::Differ, 0.25, 0.999_89),
];
