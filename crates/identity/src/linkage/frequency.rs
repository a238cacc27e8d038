//! How common names are: a rare name that agrees says more than a common one.

use super::record::Record;
use std::collections::HashMap;

/// A form of a name, each with a table of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NameForm {
    /// Given name as written, variants folded.
    GivenWriting,
    /// Given name as read, loosely.
    GivenReading,
    /// Family name as written, variants folded.
    FamilyWriting,
    /// Family name as read, loosely.
    FamilyReading,
}

impl NameForm {
    /// Every form.
    pub const ALL: [NameForm; 4] = [
        NameForm::GivenWriting,
        NameForm::GivenReading,
        NameForm::FamilyWriting,
        NameForm::FamilyReading,
    ];

    /// The hash of a record's value in this form; 0 without one.
    pub fn value(self, record: &Record) -> u64 {
        match self {
            NameForm::GivenWriting => record.given.folded,
            NameForm::GivenReading => record.given.loose,
            NameForm::FamilyWriting => record.family.folded,
            NameForm::FamilyReading => record.family.loose,
        }
    }
}

/// Counts of values, one record a person: counted over records, duplicates would make names of
/// people who go to many hospitals look common.
#[derive(Debug, Clone, Default)]
pub struct FrequencyCounts {
    tables: [HashMap<u64, u32>; 4],
    persons: u64,
}

impl FrequencyCounts {
    /// Counts a person by one of their records.
    pub fn add(&mut self, record: &Record) {
        self.persons += 1;
        for (form, table) in NameForm::ALL.into_iter().zip(&mut self.tables) {
            let value = form.value(record);
            if value != 0 {
                let count = table.entry(value).or_default();
                *count = count.saturating_add(1);
            }
        }
    }

    /// Counts a value directly, as they are read from a stored table.
    pub fn add_value(&mut self, form: NameForm, value: u64, count: u32) {
        if let Some(table) = self.tables.get_mut(form as usize)
            && value != 0
        {
            let entry = table.entry(value).or_default();
            *entry = entry.saturating_add(count);
        }
    }

    /// How many persons were counted.
    pub fn persons(&self) -> u64 {
        self.persons
    }
}

/// Probabilities of names among persons.
#[derive(Debug, Clone, Default)]
pub struct Frequencies {
    tables: [Table; 4],
}

#[derive(Debug, Clone, Default)]
struct Table {
    counts: HashMap<u64, u32>,
    total: f64,
}

/// Added to every count, so that a name seen once is not taken for exact knowledge.
const SMOOTHING: f64 = 0.5;
/// A frequency is never below a tenth of one person.
const FLOOR_PERSONS: f64 = 0.1;
/// With fewer persons than this a table says nothing.
const PERSONS_AT_LEAST: f64 = 1_000.0;

impl Frequencies {
    /// The frequencies of counted names.
    pub fn new(counts: FrequencyCounts) -> Frequencies {
        let tables = counts.tables.map(|counts| {
            let total = counts.values().map(|count| f64::from(*count)).sum();
            Table { counts, total }
        });
        Frequencies { tables }
    }

    /// The share of persons who have this value; `None` where too few were counted to say.
    pub fn share(&self, form: NameForm, value: u64) -> Option<f64> {
        let table = self.tables.get(form as usize)?;
        if value == 0 || table.total < PERSONS_AT_LEAST {
            return None;
        }
        let count = table.counts.get(&value).copied().map_or(0.0, f64::from);
        let distinct = table.counts.len() as f64;
        let share = (count + SMOOTHING) / (table.total + SMOOTHING * (distinct + 1.0));
        Some(share.max(FLOOR_PERSONS / table.total))
    }
}
