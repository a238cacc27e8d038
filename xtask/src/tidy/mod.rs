//! `cargo xtask tidy`: what a machine can keep of STYLE.md and ARCHITECTURE.md. It runs in
//! `cargo test` too, so that nobody finds out late.

mod calls;
mod documents;
mod exceptions;
mod lengths;
mod programs;
mod source;
mod templates;

use crate::arguments::Arguments;
use crate::{floors, process};
use anyhow::{Context, Result, bail};
use exceptions::Exceptions;
use source::Source;
use std::fs;
use std::path::Path;

/// A rule broken at a place.
#[derive(Debug)]
struct Violation {
    rule: &'static str,
    path: String,
    line: usize,
    message: String,
}

impl Violation {
    fn new(rule: &'static str, path: &str, line: usize, message: String) -> Violation {
        Violation { rule, path: path.to_owned(), line, message }
    }
}

/// A text file of the tree.
struct File {
    /// Path from the checkout's root, with `/`.
    path: String,
    text: String,
}

/// The task.
pub fn run(arguments: Arguments) -> Result<()> {
    arguments.finish()?;
    check()
}

/// Checks the tree; the error lists every violation.
pub fn check() -> Result<()> {
    let root = process::root();
    let mut files = Vec::new();
    collect(&root, &root, &mut files)?;
    files.sort_by(|left, right| left.path.cmp(&right.path));
    let list = fs::read_to_string(root.join("xtask/tidy-exceptions.toml"))
        .context("xtask/tidy-exceptions.toml")?;
    let violations = Exceptions::parse(&list)?.apply(violations(&files, &crates(&root)?));
    let broken_floors = floors::broken()?;
    if violations.is_empty() && broken_floors.is_empty() {
        eprintln!("tidy: {} files", files.len());
        return Ok(());
    }
    let lines = violations
        .iter()
        .map(|found| format!("{}:{}: {} [{}]", found.path, found.line, found.message, found.rule))
        .chain(broken_floors);
    bail!("tidy:\n{}", lines.collect::<Vec<_>>().join("\n"))
}

fn violations(files: &[File], crates: &[String]) -> Vec<Violation> {
    let mut violations = documents::architecture(files, crates);
    violations.extend(documents::readmes(files));
    violations.extend(programs::unnamed(files));
    for source in sources(files) {
        violations.extend(lengths::functions(&source));
        violations.extend(calls::forbidden(&source));
        violations.extend(calls::sql(&source));
    }
    for file in files {
        violations.extend(documents::machine_paths(file));
        match extension(&file.path) {
            "rs" | "ts" | "mjs" | "py" => violations.extend(lengths::file(&file.path, &file.text)),
            "sql" if !file.path.starts_with("crates/store/") => {
                let message = "SQL text lives only in store".to_owned();
                violations.push(Violation::new("sql-outside-store", &file.path, 1, message));
            }
            "html" if file.path.contains("/templates/") => {
                violations.extend(templates::words(&file.path, &file.text));
            }
            _ => {}
        }
    }
    violations
}

/// The Rust files, each knowing whether it belongs to tests.
fn sources(files: &[File]) -> Vec<Source> {
    let rust = files.iter().filter(|file| extension(&file.path) == "rs");
    let mut sources: Vec<_> = rust.map(|file| Source::new(file.path.clone(), &file.text)).collect();
    let for_tests: Vec<_> = sources.iter().flat_map(source::test_files).collect();
    for source in &mut sources {
        source.is_test |= for_tests.iter().any(|path| source.path.starts_with(path));
    }
    sources
}

/// Names of what is made or fetched, not written; in a worktree `.git` is a file.
const NOT_OURS: &[&str] = &["target", "node_modules", "dist", "demo-region", "vendor", ".git"];

/// Every text file below `folder`. No recursion on depth that others decide: this is our tree.
fn collect(root: &Path, folder: &Path, files: &mut Vec<File>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let entry = entry?;
        let (path, kind, name) = (entry.path(), entry.file_type()?, entry.file_name());
        if NOT_OURS.iter().any(|other| name == *other) {
            continue;
        }
        if kind.is_dir() {
            collect(root, &path, files)?;
        } else if kind.is_file()
            && let Ok(text) = fs::read_to_string(&path)
        {
            let relative = path.strip_prefix(root)?.to_string_lossy().into_owned();
            files.push(File { path: relative, text });
        }
    }
    Ok(())
}

fn crates(root: &Path) -> Result<Vec<String>> {
    let mut names = vec!["xtask".to_owned()];
    for entry in fs::read_dir(root.join("crates"))? {
        let entry = entry?;
        if entry.path().join("Cargo.toml").exists() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

fn extension(path: &str) -> &str {
    path.rsplit_once('.').map_or("", |(_, extension)| extension)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_tree_is_tidy() {
        if let Err(error) = super::check() {
            panic!("{error:#}");
        }
    }
}
