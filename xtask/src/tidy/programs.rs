//! A crate's tests are one program, `tests/all.rs`. Cargo builds what that names and nothing
//! else, so a file it does not name would never run.

use super::{File, Violation};

/// The test files of crates with a `tests/all.rs` that it does not name.
pub fn unnamed(files: &[File]) -> Vec<Violation> {
    let programs = files.iter().filter_map(|file| Some((file.path.strip_suffix("all.rs")?, file)));
    let mut violations = Vec::new();
    for (folder, program) in programs.filter(|(folder, _)| folder.ends_with("/tests/")) {
        for file in files.iter().filter(|file| file.path != program.path) {
            let Some(name) = file.path.strip_prefix(folder).and_then(module) else { continue };
            if !program.text.lines().any(|line| line == format!("mod {name};")) {
                let message = format!("{} does not name it, so it never runs", program.path);
                violations.push(Violation::new("test-program", &file.path, 1, message));
            }
        }
    }
    violations
}

/// The module that a file below `tests/` begins.
fn module(path: &str) -> Option<&str> {
    let name = path.strip_suffix("/mod.rs").or_else(|| path.strip_suffix(".rs"))?;
    (!name.contains('/')).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> File {
        File { path: path.to_owned(), text: text.to_owned() }
    }

    #[test]
    fn a_file_that_the_program_does_not_name_is_found() {
        let files = [
            file("crates/a/tests/all.rs", "mod pull;\nmod support;\n"),
            file("crates/a/tests/pull.rs", ""),
            file("crates/a/tests/pull/rows.rs", ""),
            file("crates/a/tests/support/mod.rs", ""),
            file("crates/a/tests/follow.rs", ""),
            file("crates/b/tests/alone.rs", ""),
        ];
        let found: Vec<_> = unnamed(&files).into_iter().map(|one| one.path).collect();
        assert_eq!(found, ["crates/a/tests/follow.rs"]);
    }
}
