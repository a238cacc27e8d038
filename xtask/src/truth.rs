//! What is true of a synthetic region, as far as the checks ask (`truth.json`).

use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// The truth about a region.
#[derive(Debug, Deserialize)]
pub struct Truth {
    /// Everybody, people who take no part included.
    pub persons: Vec<Person>,
    /// Every stored version.
    pub documents: Vec<Document>,
    /// Sums by source.
    pub sources: BTreeMap<String, Sums>,
}

/// One person.
#[derive(Debug, Deserialize)]
pub struct Person {
    /// Number in the region.
    pub number: u32,
    /// Whether they take part.
    pub is_enrolled: bool,
    /// Family name.
    pub family: String,
    /// Given name.
    pub given: String,
    /// `YYYYMMDD`.
    pub birth: String,
}

/// One stored version.
#[derive(Debug, Deserialize)]
pub struct Document {
    /// Name of the source.
    pub source: String,
    /// Number of the person.
    pub person: u32,
    /// Condition flag, in a word.
    pub state: serde_json::Value,
    /// Laboratory values in it.
    #[serde(default)]
    pub lab_values: Vec<LabValue>,
}

/// One laboratory value.
#[derive(Debug, Deserialize)]
pub struct LabValue {
    /// Name of the item.
    pub name: String,
    /// The value as sent.
    pub value: String,
    /// When the specimen was taken, `YYYYMMDDHHMM`.
    pub collected: String,
}

/// Sums of one source.
#[derive(Debug, Deserialize)]
pub struct Sums {
    /// Of those who take part.
    pub enrolled: Counts,
}

/// Sums, as `musubi stats` gives them.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Counts {
    /// Local numbers.
    pub identities: u64,
    /// Stored versions by data type and state.
    pub documents: BTreeMap<String, BTreeMap<String, u64>>,
    /// Facts of current documents by kind.
    pub facts: BTreeMap<String, u64>,
}

impl Truth {
    /// The person who takes part and has current documents in the most sources; of several the
    /// one with the most documents.
    pub fn widest(&self) -> Option<&Person> {
        let enrolled = self.persons.iter().filter(|person| person.is_enrolled);
        enrolled.max_by_key(|person| {
            let sources: BTreeSet<_> = self.current(person).map(|one| &one.source).collect();
            (sources.len(), self.current(person).count())
        })
    }

    /// Current documents of a person: the entries of the timeline.
    pub fn current(&self, person: &Person) -> impl Iterator<Item = &Document> {
        let number = person.number;
        self.documents.iter().filter(move |one| one.person == number && one.state == "current")
    }

    /// The laboratory value that was taken last.
    pub fn latest_value(&self, person: &Person) -> Option<&LabValue> {
        let values = self.current(person).flat_map(|one| &one.lab_values);
        values.max_by_key(|value| &value.collected)
    }

    /// The sums over all sources, of those who take part.
    pub fn counts(&self) -> Counts {
        let mut sum = Counts::default();
        for source in self.sources.values() {
            sum.identities += source.enrolled.identities;
            for (data_type, states) in &source.enrolled.documents {
                let sums = sum.documents.entry(data_type.clone()).or_default();
                for (state, count) in states {
                    *sums.entry(state.clone()).or_default() += count;
                }
            }
            for (kind, count) in &source.enrolled.facts {
                *sum.facts.entry(kind.clone()).or_default() += count;
            }
        }
        sum
    }
}

impl Person {
    /// Family and given name.
    pub fn name(&self) -> String {
        format!("{} {}", self.family, self.given)
    }
}
