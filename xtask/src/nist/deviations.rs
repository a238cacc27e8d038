//! Where we choose not to do what a plan expects. All stand in one file, each with its reason;
//! one that does not deviate any more fails, so that the file stays true.

use anyhow::{Context, Result};
use serde::Deserialize;
use std::path::Path;

/// A deviation.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deviation {
    /// Test directory.
    pub test: String,
    /// `section/step`; the step alone for a plan in the test directory itself.
    pub step: String,
    /// What the step's failure must say: any other failure counts as one.
    pub failure: String,
    /// Why we deviate, with the place in the framework.
    pub reason: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    deviation: Vec<Deviation>,
}

/// Reads the file.
pub fn read(path: &Path) -> Result<Vec<Deviation>> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    parse(&text).with_context(|| path.display().to_string())
}

/// Reads the file's text.
pub fn parse(text: &str) -> Result<Vec<Deviation>> {
    let deviations = toml::from_str::<File>(text)?.deviation;
    for one in &deviations {
        let filled = [&one.test, &one.step, &one.failure, &one.reason].map(|text| text.trim());
        anyhow::ensure!(!filled.contains(&""), "deviation {}/{}: an empty key", one.test, one.step);
    }
    Ok(deviations)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_deviation_has_its_reason() {
        let text = "[[deviation]]\ntest = \"1\"\nstep = \"a/b\"\nfailure = \"status\"\n";
        assert!(parse(text).is_err());
        assert!(parse(&format!("{text}reason = \" \"\n")).is_err());
        assert_eq!(parse(&format!("{text}reason = \"r\"\n")).unwrap().len(), 1);
        assert!(parse("").unwrap().is_empty());
    }
}
