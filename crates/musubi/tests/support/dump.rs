//! `musubi dump`, read back: documents by their logical key, with their results.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Source, patient, care date, order key.
type Key = (String, String, String, String);

/// A dump.
pub struct Dump {
    documents: BTreeMap<String, Key>,
    results: BTreeMap<Key, Vec<Value>>,
    entries: BTreeMap<Key, usize>,
}

impl Dump {
    /// Reads what `musubi dump` printed.
    pub fn read(text: &str) -> Dump {
        let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split('\t').collect()).collect();
        let named = |name: &'static str| rows.iter().filter(move |row| row[0] == name);
        let documents: BTreeMap<String, Key> = named("document")
            .map(|row| {
                let key = [row[4], row[5], row[8], row[9]].map(str::to_owned);
                (row[1].to_owned(), key.into())
            })
            .collect();
        let mut results: BTreeMap<Key, Vec<Value>> = BTreeMap::new();
        for row in named("fact").filter(|row| row[3] == "lab_result") {
            let json = unescape(row.last().expect("body"));
            let fact: Value = serde_json::from_str(&json).expect("json");
            results.entry(documents[row[1]].clone()).or_default().push(fact);
        }
        for facts in results.values_mut() {
            facts.sort_by_key(|fact| fact["ordinal"].as_u64());
        }
        let mut entries: BTreeMap<Key, usize> = BTreeMap::new();
        let results_only: BTreeSet<&str> =
            named("document").filter(|row| row[7] == "OML-11").map(|row| row[1]).collect();
        for row in named("timeline_entry").filter(|row| results_only.contains(row[1])) {
            *entries.entry(documents[row[1]].clone()).or_default() += 1;
        }
        Dump { documents, results, entries }
    }

    /// Current results of an item in the order of the message: JLAC10, local code, value, unit,
    /// range, flag, status, collected.
    pub fn lab_values(
        &self,
        source: &str,
        patient: &str,
        care_date: &str,
        order: &str,
    ) -> Vec<[String; 8]> {
        let key = [source, patient, care_date, order].map(str::to_owned).into();
        self.results.get(&key).into_iter().flatten().map(|fact| reading(&fact["body"])).collect()
    }

    /// How many lines of the timeline a laboratory result (OML-11) has.
    pub fn timeline_entries(
        &self,
        source: &str,
        patient: &str,
        care_date: &str,
        order: &str,
    ) -> usize {
        let key = [source, patient, care_date, order].map(str::to_owned).into();
        self.entries.get(&key).copied().unwrap_or(0)
    }

    /// Whether any document of a patient is there.
    pub fn knows_patient(&self, source: &str, patient: &str) -> bool {
        self.documents.values().any(|key| key.0 == source && key.1 == patient)
    }
}

fn reading(result: &Value) -> [String; 8] {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let codes = result["item"].as_array().cloned().unwrap_or_default();
    let code = |is_jlac10: bool| {
        codes
            .iter()
            .find(|code| (code["system"] == "JC10") == is_jlac10)
            .map(|code| text(&code["code"]))
            .unwrap_or_default()
    };
    [
        code(true),
        code(false),
        text(&result["value"]),
        text(&result["unit"][0]["code"]),
        text(&result["reference_range"]),
        text(&result["flags"][0]),
        text(&result["result_status"]),
        text(&result["collected"]["digits"]),
    ]
}

fn unescape(text: &str) -> String {
    text.replace("\\\"", "\"").replace("\\\\", "\\")
}
