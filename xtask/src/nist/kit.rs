//! A folder of NIST's kit: test directories with their sections, and the order in which tests
//! run so that what a test takes from another one is there.

use super::plan::Plan;
use anyhow::{Context, Result, bail};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The tests of a folder.
#[derive(Debug, Default)]
pub struct Kit {
    /// By their names.
    pub tests: BTreeMap<String, Test>,
}

/// A test directory.
#[derive(Debug)]
pub struct Test {
    /// Its name.
    pub id: String,
    /// Its sections in the order in which they run.
    pub sections: Vec<Section>,
}

/// A section: one plan.
#[derive(Debug)]
pub struct Section {
    /// Name of its folder; empty for a plan in the test directory itself.
    pub name: String,
    /// Where its files stand.
    pub directory: PathBuf,
    /// Its plan.
    pub plan: Plan,
}

impl Kit {
    /// Reads every test directory below `directory`, or below its `tests`.
    pub fn read(directory: &Path) -> Result<Kit> {
        let inner = directory.join("tests");
        let root = if inner.is_dir() { inner } else { directory.to_owned() };
        let mut kit = Kit::default();
        for id in folders(&root)? {
            let directory = root.join(&id);
            let sections = sections(&directory)?;
            if !sections.is_empty() {
                kit.tests.insert(id.clone(), Test { id, sections });
            }
        }
        match kit.tests.is_empty() {
            true => bail!("no test directories (with a testplan.xml) in {}", root.display()),
            false => Ok(kit),
        }
    }

    /// The tests to run, in order: those that are named (all if none), each after the tests of
    /// this folder that it takes values from.
    pub fn order(&self, named: &[String]) -> Result<Vec<&Test>> {
        if let Some(missing) = named.iter().find(|id| !self.tests.contains_key(*id)) {
            bail!("no test `{missing}` in the folder");
        }
        let wanted: Vec<_> = match named {
            [] => self.tests.keys().cloned().collect(),
            named => named.to_vec(),
        };
        let (mut order, mut seen) = (Vec::new(), BTreeSet::new());
        for id in &wanted {
            self.visit(id, &mut order, &mut seen);
        }
        Ok(order)
    }

    fn visit<'a>(&'a self, id: &str, order: &mut Vec<&'a Test>, seen: &mut BTreeSet<String>) {
        if !seen.insert(id.to_owned()) {
            return;
        }
        let Some(test) = self.tests.get(id) else { return };
        for needed in needs(test) {
            self.visit(&needed, order, seen);
        }
        order.push(test);
    }
}

/// The tests from which a test takes values.
pub fn needs(test: &Test) -> BTreeSet<String> {
    let mut needed = BTreeSet::new();
    let steps = test.sections.iter().flat_map(|section| {
        section.plan.steps.iter().map(move |step| (section.name.as_str(), step))
    });
    for (section, step) in steps {
        let Some(transaction) = &step.transaction else { continue };
        for instruction in &transaction.uses {
            needed.extend(instruction.attribute("test").map(str::to_owned));
            let testdir = instruction.attribute("testdir").unwrap_or_default();
            needed.insert(place(&test.id, section, testdir).0);
        }
        if let Some((testdir, _)) = &transaction.reference_metadata {
            needed.insert(place(&test.id, section, testdir).0);
        }
    }
    needed.remove(&test.id);
    needed.remove("");
    needed
}

/// Test and section that a path like `../../12346/single_doc` means, seen from a section.
pub fn place(test: &str, section: &str, path: &str) -> (String, String) {
    let mut parts: Vec<_> = [test, section].into_iter().filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            name => parts.push(name),
        }
    }
    let test = parts.first().copied().unwrap_or_default().to_owned();
    (test, parts.get(1..).unwrap_or_default().join("/"))
}

/// Sections in the order of `index.idx`; behind them plans that stand in folders that it leaves
/// out, and one in the test directory itself: they run last, so that they disturb nobody.
fn sections(directory: &Path) -> Result<Vec<Section>> {
    let index = directory.join("index.idx");
    let listed = if index.exists() { read(&index)? } else { String::new() };
    let mut names: Vec<String> = Vec::new();
    for name in listed.lines().map(str::trim).filter(|name| !name.is_empty()) {
        // One index of the kit lists its sections a dozen times.
        if !names.iter().any(|present| present == name) {
            names.push(name.to_owned());
        }
    }
    for name in folders(directory)? {
        if !names.contains(&name) && directory.join(&name).join("testplan.xml").exists() {
            names.push(name);
        }
    }
    if directory.join("testplan.xml").exists() {
        names.push(String::new());
    }
    let mut sections = Vec::new();
    for name in names {
        let directory = if name.is_empty() { directory.into() } else { directory.join(&name) };
        let path = directory.join("testplan.xml");
        // A plan that cannot be read fails when it is its turn, and no other one with it.
        let plan = read(&path).and_then(|text| Plan::parse(&text)).unwrap_or_else(|error| Plan {
            broken: Some(format!("testplan.xml: {error:#}")),
            ..Plan::default()
        });
        sections.push(Section { name, directory, plan });
    }
    Ok(sections)
}

/// The text of a file.
pub fn read(path: &Path) -> Result<String> {
    let bytes = fs::read(path).with_context(|| path.display().to_string())?;
    let text = String::from_utf8_lossy(&bytes);
    Ok(text.trim_start_matches('\u{FEFF}').to_owned())
}

fn folders(directory: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(directory).with_context(|| directory.display().to_string())? {
        let entry = entry?;
        if entry.path().is_dir() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lead_to_sections_of_other_tests() {
        let test = |id: &str, section: &str| (id.to_owned(), section.to_owned());
        assert_eq!(place("1", "a", "../b"), test("1", "b"));
        assert_eq!(place("1", "a", "../../2/c"), test("2", "c"));
        assert_eq!(place("1", "a", ""), test("1", "a"));
        assert_eq!(place("1", "", "b"), test("1", "b"));
    }
}
