//! The texts of both languages have the same keys and the same variables.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

fn keys(language: &str) -> BTreeMap<String, BTreeSet<String>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("locales").join(language);
    let mut keys = BTreeMap::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let Some((key, value)) = line.split_once(" = ") else { continue };
            let variables = value.split("{ $").skip(1).filter_map(|rest| rest.split_once(" }"));
            let names = variables.map(|(name, _)| name.to_owned()).collect();
            assert_eq!(keys.insert(key.to_owned(), names), None, "{key} stands twice");
        }
    }
    keys
}

#[test]
fn both_languages_have_the_same_texts_with_the_same_variables() {
    let (japanese, english) = (keys("ja"), keys("en"));
    assert!(japanese.len() > 200);
    assert_eq!(japanese, english);
}
