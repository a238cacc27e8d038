//! The documents say what the tree is: every crate in ARCHITECTURE.md, every invariant with the
//! test that keeps it, both languages of the README alike, no path of one machine anywhere.

use super::{File, Violation};
use std::path::Path;

/// Every crate has its paragraph in ARCHITECTURE.md.
pub fn architecture(files: &[File], crates: &[String]) -> Vec<Violation> {
    let path = "ARCHITECTURE.md";
    let Some(text) = text_of(files, path) else { return vec![missing(path)] };
    let mut violations = Vec::new();
    for name in crates {
        let begins = format!("**`{name}`**");
        if !text.lines().any(|line| line.starts_with(&begins)) {
            let message = format!("no paragraph begins with {begins}");
            violations.push(Violation::new("architecture", path, 1, message));
        }
    }
    for (number, line) in
        text.lines().enumerate().filter(|(_, line)| line.starts_with("Invariant:"))
    {
        let kept_by = line.rsplit_once("Kept by").map_or("", |(_, tests)| tests);
        let tests: Vec<_> = kept_by.split('`').skip(1).step_by(2).collect();
        if tests.is_empty() {
            let message = "an invariant ends with: Kept by `the_test`".to_owned();
            violations.push(Violation::new("invariant", path, number + 1, message));
        }
        for test in tests.iter().filter(|test| !exists(files, test)) {
            let message = format!("no test `{test}`");
            violations.push(Violation::new("invariant", path, number + 1, message));
        }
    }
    violations
}

/// README.md and README.ja.md have the same headings, levels and commands.
pub fn readmes(files: &[File]) -> Vec<Violation> {
    let (english, japanese) = ("README.md", "README.ja.md");
    let (Some(left), Some(right)) = (text_of(files, english), text_of(files, japanese)) else {
        return vec![missing("README.md or README.ja.md")];
    };
    let mut violations = Vec::new();
    if headings(left) != headings(right) {
        let message = format!("its headings are not those of {english}");
        violations.push(Violation::new("readme", japanese, 1, message));
    }
    if commands(left) != commands(right) {
        let message = format!("its commands are not those of {english}");
        violations.push(Violation::new("readme", japanese, 1, message));
    }
    violations
}

/// Paths that exist on one machine only.
pub fn machine_paths(file: &File) -> Vec<Violation> {
    const FOLDERS: &[&str] = &["work", "root", "tmp", "farm"];
    let mut violations = Vec::new();
    for (number, line) in file.text.lines().enumerate() {
        for folder in FOLDERS {
            let path = format!("/{folder}/");
            let is_start = |place: usize| {
                let before = line[..place].chars().next_back();
                before
                    .is_none_or(|letter| !letter.is_alphanumeric() && !"._-}*~/)>".contains(letter))
            };
            if line.match_indices(&path).any(|(place, _)| is_start(place)) {
                let message = format!("`{path}` is a path of one machine");
                violations.push(Violation::new("machine-path", &file.path, number + 1, message));
            }
        }
    }
    violations
}

fn text_of<'a>(files: &'a [File], path: &str) -> Option<&'a str> {
    files.iter().find(|file| file.path == path).map(|file| file.text.as_str())
}

fn missing(path: &str) -> Violation {
    Violation::new("document", path, 0, "is missing".to_owned())
}

/// Whether a test is a function of a Rust file, or a file of the tree.
fn exists(files: &[File], test: &str) -> bool {
    if test.contains('/') {
        return files.iter().any(|file| file.path == test);
    }
    let name = test.rsplit("::").next().unwrap_or(test);
    let function = format!("fn {name}(");
    files
        .iter()
        .filter(|file| Path::new(&file.path).extension().is_some_and(|extension| extension == "rs"))
        .any(|file| file.text.contains(&function))
}

fn headings(text: &str) -> Vec<usize> {
    lines_outside_code(text)
        .filter(|line| line.starts_with('#'))
        .map(|line| line.chars().take_while(|letter| *letter == '#').count())
        .collect()
}

/// First words of the commands in code blocks, without names and comments in a language.
fn commands(text: &str) -> Vec<String> {
    text.split("```")
        .skip(1)
        .step_by(2)
        .flat_map(|block| block.lines().skip(1))
        .filter(|line| !line.trim_start().starts_with('#') && !line.trim().is_empty())
        .map(|line| line.split_whitespace().take(3).collect::<Vec<_>>().join(" "))
        .collect()
}

fn lines_outside_code(text: &str) -> impl Iterator<Item = &str> {
    text.split("```").step_by(2).flat_map(str::lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> File {
        File { path: path.into(), text: text.into() }
    }

    #[test]
    fn invariants_name_a_test_that_exists() {
        let tests = file("crates/a/src/lib.rs", "fn holds() {}");
        let good = "**`a`** is first.\nInvariant: so. Kept by `a::holds`.";
        let found = |text: &str| {
            architecture(
                &[file("ARCHITECTURE.md", text), file("crates/a/src/lib.rs", &tests.text)],
                &["a".into()],
            )
        };
        assert!(found(good).is_empty());
        assert_eq!(found("**`a`** is.\nInvariant: so. Kept by `a::gone`.").len(), 1);
        assert_eq!(found("**`a`** is.\nInvariant: so.").len(), 1);
        assert_eq!(found("`a` is mentioned").len(), 1);
    }

    #[test]
    fn both_readmes_have_the_same_shape() {
        let english = "# A\n```sh\n# make\nmusubi init region\n```\n## B\n";
        let pair = |text: &str| readmes(&[file("README.md", english), file("README.ja.md", text)]);
        assert!(pair("# あ\n```sh\n# 作る\nmusubi init region\n```\n## い\n").is_empty());
        assert_eq!(pair("# あ\n```sh\nmusubi init region\n```\n").len(), 1);
        assert_eq!(pair("# あ\n```sh\nmusubi serve\n```\n## い\n").len(), 1);
    }

    #[test]
    fn paths_of_one_machine_are_found() {
        let found = |text: &str| machine_paths(&file("a.md", text)).len();
        assert_eq!(found(concat!("see /", "work/x and \"/", "root/y\"")), 2);
        assert_eq!(found(concat!("crates/", "work/x, a/", "tmp/b")), 0);
    }
}
