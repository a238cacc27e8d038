//! A node of one's own: the binary run as its operator runs it, in a directory that goes away.

pub mod browser;
pub mod certified;
pub mod desk;
pub mod dump;
pub mod sample;
pub mod server;

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// A node in a temporary directory.
pub struct Node {
    directory: TempDir,
}

impl Node {
    /// `musubi init`.
    pub fn empty() -> Node {
        let node = Node { directory: tempfile::tempdir().expect("directory") };
        let output = musubi(&["init", node.path("centre").to_str().expect("utf-8")]);
        assert!(output.status.success(), "init: {}", text(&output.stderr));
        node
    }

    /// `musubi init`, with one hospital (1310000001) and one clinic (1310000002).
    pub fn new() -> Node {
        let node = Node::empty();
        node.run(&["facility", "add", "1310000001", "試験病院", "--short", "試験"]);
        node.run(&["facility", "add", "1310000002", "試験医院", "--type", "clinic"]);
        node
    }

    /// A node with two sources, `first` and `second`, of the hospital; their storages are the
    /// directories of these names.
    pub fn with_sources() -> Node {
        let node = Node::new();
        for (name, number) in [("first", 1), ("second", 2)] {
            let root = node.path(name);
            std::fs::create_dir_all(&root).expect("storage");
            let root = root.to_str().expect("utf-8");
            let domain = format!("1.2.392.100495.20.3.51.{number}1310000001");
            let add = ["source", "add", name, "--facility", "1310000001", "--kind", "ssmix2"];
            node.run(&[&add[..], &["--root", root, "--domain", &domain]].concat());
        }
        node
    }

    /// Runs a command that prints JSON.
    pub fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.run(arguments)).expect("json")
    }

    /// Runs a command that must fail; gives what it said.
    pub fn refused(&self, arguments: &[&str]) -> String {
        let output = self.try_run(arguments);
        assert!(!output.status.success(), "{arguments:?} succeeded");
        text(&output.stderr)
    }

    /// A path below the node's directory.
    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Runs a command that must succeed; gives its standard output.
    pub fn run(&self, arguments: &[&str]) -> String {
        let output = self.try_run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
        text(&output.stdout)
    }

    /// Runs a command that may fail.
    pub fn try_run(&self, arguments: &[&str]) -> Output {
        let config = self.path("centre/musubi.toml");
        let mut all = vec!["--config", config.to_str().expect("utf-8")];
        all.extend_from_slice(arguments);
        musubi(&all)
    }

    /// Replaces lines of a section of musubi.toml.
    pub fn change(&self, section: &str, lines: &[(&str, &str)]) {
        let path = self.path("centre/musubi.toml");
        let text = std::fs::read_to_string(&path).expect("musubi.toml");
        let start = text.find(&format!("\n[{section}]\n")).expect(section) + 1;
        let end = text[start + 1..].find("\n[").map_or(text.len(), |at| start + 1 + at);
        let mut changed = text[start..end].to_owned();
        for (from, to) in lines {
            let from = format!("\n{from}\n");
            assert!(changed.contains(&from), "{section}: {from}");
            changed = changed.replacen(&from, &format!("\n{to}\n"), 1);
        }
        let text = format!("{}{changed}{}", &text[..start], &text[end..]);
        std::fs::write(&path, text).expect("musubi.toml");
    }

    /// Adds a source named `main` over a standardized storage and enrols everybody in it.
    pub fn add_source(&self, root: &Path) {
        self.run(&[
            "source",
            "add",
            "main",
            "--facility",
            "1310000001",
            "--kind",
            "ssmix2",
            "--root",
            root.to_str().expect("utf-8"),
            "--domain",
            "1.2.392.100495.20.3.51.11310000001",
        ]);
        self.run(&["enrol", "--source", "main", "--all", "--viewer", "1310000002"]);
    }

    /// One complete pass.
    pub fn pull(&self) {
        self.run(&["pull", "--source", "main"]);
    }

    /// `musubi stats --json`.
    pub fn stats(&self) -> Value {
        serde_json::from_str(&self.run(&["stats", "--json"])).expect("json")
    }

    /// `musubi quarantine list --json`.
    pub fn quarantine(&self) -> Vec<Value> {
        serde_json::from_str(&self.run(&["quarantine", "list", "--json"])).expect("json")
    }
}

/// Where the data that nobody here wrote is; says so when it is not.
pub fn conformance(name: &str) -> Option<PathBuf> {
    testkit::conformance_dir().map(|directory| directory.join(name))
}

fn musubi(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_musubi")).args(arguments).output().expect("musubi")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
