//! The house: a crate uses only crates on lines below its own, never one on the same line.

use crate::metadata;
use anyhow::Result;
use serde_json::Value;

/// The lines of the house, from the ground up. Crates of later capabilities have their place
/// already.
const LINES: &[(&str, &[&str])] = &[
    ("ground 1", &["model"]),
    ("ground 2", &["xml", "text"]),
    ("formats 1", &["hl7v2", "dicomfile", "worker"]),
    ("formats 2", &["ssmix2", "cda", "rendering"]),
    ("net", &["net"]),
    ("protocols", &["soap", "xua", "ebrim", "hl7v3", "fhir", "mllp", "dimse"]),
    ("state 1", &["store"]),
    ("state 2", &["audit"]),
    ("state 3", &["access"]),
    ("ports", &["ports"]),
    ("shell", &["page"]),
    ("beside", &["region", "testkit", "fuzz"]),
    ("roles", &["portal", "console", "gateway", "identity", "registry", "repository", "imaging"]),
    ("top", &["musubi", "xtask"]),
];

/// For development only: no crate may need it to run.
const DEVELOPMENT_ONLY: &[&str] = &["testkit"];

/// A crate of this workspace and those of ours that it needs to build and run.
struct Package {
    name: String,
    uses: Vec<String>,
}

/// Dependencies that break the house, one line each.
pub fn broken() -> Result<Vec<String>> {
    Ok(faults(&packages(&metadata::read()?)))
}

/// The workspace's crates with their normal and build dependencies.
fn packages(metadata: &Value) -> Vec<Package> {
    let packages = metadata["packages"].as_array().map(Vec::as_slice).unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    packages
        .iter()
        .map(|package| {
            let dependencies = package["dependencies"].as_array().map(Vec::as_slice);
            let uses = dependencies
                .unwrap_or_default()
                .iter()
                .filter(|one| one["kind"] != "dev" && !one["path"].is_null())
                .map(|one| text(&one["name"]));
            Package { name: text(&package["name"]), uses: uses.collect() }
        })
        .collect()
}

fn faults(packages: &[Package]) -> Vec<String> {
    let mut faults = Vec::new();
    for package in packages {
        let Some(own) = line(&package.name) else {
            faults.push(format!("{} stands on no line of the house", package.name));
            continue;
        };
        for used in &package.uses {
            let place = |number: usize| LINES[number].0;
            match line(used) {
                _ if DEVELOPMENT_ONLY.contains(&used.as_str()) => {
                    faults.push(format!(
                        "{} needs {used}, which is for development only",
                        package.name
                    ));
                }
                Some(other) if other < own => {}
                Some(other) => faults.push(format!(
                    "{} ({}) uses {used} ({}), which does not stand below it",
                    package.name,
                    place(own),
                    place(other)
                )),
                None => {
                    faults.push(format!("{} uses {used}, which stands on no line", package.name))
                }
            }
        }
    }
    faults
}

fn line(name: &str) -> Option<usize> {
    LINES.iter().position(|(_, names)| names.contains(&name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults_of(name: &str, uses: &[&str]) -> usize {
        let uses = uses.iter().map(|used| (*used).to_owned()).collect();
        faults(&[Package { name: name.to_owned(), uses }]).len()
    }

    #[test]
    fn every_crate_uses_only_lines_below_its_own() {
        assert_eq!(broken().unwrap(), Vec::<String>::new());
    }

    #[test]
    fn the_workspace_is_seen() {
        let packages = packages(&metadata::read().unwrap());
        let musubi = packages.iter().find(|package| package.name == "musubi").unwrap();
        assert!(musubi.uses.iter().any(|used| used == "portal"));
        assert!(
            !musubi.uses.iter().any(|used| used == "testkit"),
            "it is a development dependency"
        );
    }

    #[test]
    fn neighbours_higher_lines_and_strangers_are_refused() {
        assert_eq!(faults_of("portal", &["page", "store"]), 0);
        assert_eq!(faults_of("portal", &["registry"]), 1);
        assert_eq!(faults_of("store", &["access"]), 1);
        assert_eq!(faults_of("text", &["xml"]), 1);
        assert_eq!(faults_of("portal", &["helpers"]), 1);
        assert_eq!(faults_of("helpers", &[]), 1);
        assert_eq!(faults_of("musubi", &["testkit"]), 1);
    }
}
