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
    /// The records that hospitals have of them.
    #[serde(default)]
    pub identities: Vec<LocalId>,
}

/// A number of a person in one source.
#[derive(Debug, Deserialize)]
pub struct LocalId {
    /// Name of the source.
    pub source: String,
    /// The number.
    pub patient_id: String,
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
#[derive(Debug, Default, Deserialize)]
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
                let sums = sum.documents.entry(type_code(data_type).to_owned()).or_default();
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

impl Counts {
    /// What differs from `found`, one line each.
    pub fn differences(&self, found: &Counts) -> Vec<String> {
        let (left, right) = (self.lines(), found.lines());
        let names: BTreeSet<_> = left.keys().chain(right.keys()).collect();
        let count = |lines: &BTreeMap<String, u64>, name| lines.get(name).copied().unwrap_or(0);
        names
            .into_iter()
            .map(|name| (name, count(&left, name), count(&right, name)))
            .filter(|(_, expected, found)| expected != found)
            .map(|(name, expected, found)| format!("  {name}: {expected} written, {found} counted"))
            .collect()
    }

    /// Every count by its name.
    fn lines(&self) -> BTreeMap<String, u64> {
        let documents = self.documents.iter().flat_map(|(data_type, states)| {
            states.iter().map(move |(state, count)| (format!("{data_type} {state}"), *count))
        });
        let facts = self.facts.iter().map(|(kind, count)| (format!("fact {kind}"), *count));
        let identities = [("identities".to_owned(), self.identities)];
        documents.chain(facts).chain(identities).collect()
    }
}

/// The code by which documents are counted: a data type, or the standard code in the name of a
/// data-kind folder (`local^name^system^standard^name^LN`).
fn type_code(data_type: &str) -> &str {
    let parts: Vec<_> = data_type.split('^').collect();
    match parts.as_slice() {
        [_, _, _, standard, _, "LN"] => standard,
        _ => data_type,
    }
}

impl Person {
    /// Family and given name.
    pub fn name(&self) -> String {
        format!("{} {}", self.family, self.given)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(json: &str) -> Counts {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn every_difference_is_told_and_nothing_else() {
        let left = counts(
            r#"{"identities":2,"documents":{"OML-11":{"current":3,"deleted":0}},"facts":{"visit":1}}"#,
        );
        let right = counts(r#"{"identities":2,"documents":{"OML-11":{"current":4}},"facts":{}}"#);
        let lines = left.differences(&right);
        assert_eq!(lines.len(), 2, "{lines:?}");
        assert!(lines[0].contains("OML-11 current: 3 written, 4 counted"));
        assert!(left.differences(&left).is_empty());
    }

    #[test]
    fn kinds_of_extended_documents_are_counted_by_their_standard_code() {
        assert_eq!(type_code("L-RAD^画像^99ADOC^18748-4^画像検査報告書^LN"), "18748-4");
        assert_eq!(type_code("OML-11"), "OML-11");
    }
}
