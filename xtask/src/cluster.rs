//! A temporary PostgreSQL cluster for a task: the one of the tests, in a process of its own.

use crate::binary::{self, Profile};
use crate::packages;
use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// A running cluster; it ends with its owner.
pub struct Cluster {
    child: Child,
    requests: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Cluster {
    /// Starts one.
    pub fn start() -> Result<Cluster> {
        packages::ensure(&[&packages::POSTGRESQL])?;
        binary::build(&["testkit"], &["postgres_cluster"], Profile::Dev)?;
        let program = binary::built("postgres_cluster", Profile::Dev)?;
        let mut child = Command::new(&program)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| program.display().to_string())?;
        let requests = child.stdin.take();
        let answers = child.stdout.take().map(BufReader::new).context("no standard output")?;
        Ok(Cluster { child, requests, answers })
    }

    /// Makes a database, a copy of `template` if one is named, and gives its address as
    /// musubi.toml takes it.
    pub fn database(&mut self, name: &str, template: Option<&str>) -> Result<String> {
        let requests = self.requests.as_mut().context("the cluster has ended")?;
        writeln!(requests, "{name} {}", template.unwrap_or_default())?;
        requests.flush()?;
        let mut answer = String::new();
        self.answers.read_line(&mut answer)?;
        match answer.trim() {
            "" => bail!("no database `{name}` could be made; the reason stands above"),
            url => Ok(url.to_owned()),
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.requests.take());
        drop(self.child.wait());
    }
}
