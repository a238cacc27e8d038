//! The words that the viewer writes by itself, in the page's language.

use page::Texts;
use std::collections::BTreeMap;

/// Keys of the viewer's words, without `viewer-`, each with the variables that it fills in.
pub const WORDS: [(&str, &[&str]); 20] = [
    ("current", &[]),
    ("prior", &[]),
    ("slider", &[]),
    ("loaded", &["n"]),
    ("quality-full", &[]),
    ("quality-preview", &[]),
    ("quality-wait", &["n"]),
    ("quality-failed", &["reason"]),
    ("series-n", &["n", "name"]),
    ("series-failed", &[]),
    ("taken-at", &["time"]),
    ("days-before", &["n"]),
    ("days-after", &["n"]),
    ("same-day", &[]),
    ("place-mm", &["n"]),
    ("zoom-n", &["n"]),
    ("prior-failed", &["reason"]),
    ("cut-axial", &[]),
    ("cut-sagittal", &[]),
    ("cut-coronal", &[]),
];

/// The words in a language; `{n}` stands where the viewer puts a value.
pub fn words(texts: Texts) -> BTreeMap<&'static str, String> {
    let text = |(key, variables): &(&'static str, &[&'static str])| {
        let filled: Vec<(&'static str, String)> =
            variables.iter().map(|name| (*name, format!("{{{name}}}"))).collect();
        let filled: Vec<(&'static str, &str)> =
            filled.iter().map(|(name, value)| (*name, value.as_str())).collect();
        (*key, texts.with(&format!("viewer-{key}"), &filled))
    };
    WORDS.iter().map(text).collect()
}
