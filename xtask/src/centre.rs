//! A centre of a task: one directory with musubi.toml and state, and the binary that works on it.

use crate::process;
use crate::region::{Region, Source};
use crate::server::{self, Server};
use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::Value;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A centre.
pub struct Centre {
    binary: PathBuf,
    directory: PathBuf,
}

/// A new account of the pages.
#[derive(Debug, Deserialize)]
pub struct Account {
    /// Sign-in name.
    pub login: String,
    /// Password.
    pub password: String,
    /// Secret of the second factor, base32.
    pub totp_secret: String,
    /// The same as an address for an authenticator.
    pub provisioning_url: String,
}

impl Centre {
    /// Runs `musubi init` in a directory that does not exist yet; `database` as in musubi.toml,
    /// the embedded one if not given.
    pub fn init(binary: &Path, directory: &Path, database: Option<&str>) -> Result<Centre> {
        let centre = Centre { binary: binary.to_owned(), directory: directory.to_owned() };
        process::run(process::command(binary).arg("init").arg(directory))?;
        if let Some(database) = database {
            centre.use_database(database)?;
        }
        Ok(centre)
    }

    /// Another centre with the same files; `database` as in `init`.
    pub fn copy_to(&self, directory: &Path, database: Option<&str>) -> Result<Centre> {
        process::output(process::command("cp").arg("-r").arg(&self.directory).arg(directory))?;
        let centre = Centre { binary: self.binary.clone(), directory: directory.to_owned() };
        if let Some(database) = database {
            centre.use_database(database)?;
        }
        Ok(centre)
    }

    /// Writes another database into musubi.toml.
    fn use_database(&self, database: &str) -> Result<()> {
        let path = self.directory.join("musubi.toml");
        let text = fs::read_to_string(&path)?;
        let lines: Vec<_> = text
            .lines()
            .map(|line| match line.starts_with("database = ") {
                true => format!("database = \"{database}\""),
                false => line.to_owned(),
            })
            .collect();
        fs::write(&path, lines.join("\n") + "\n").context("musubi.toml")
    }

    /// A command on this centre.
    pub fn command<'a>(&self, words: impl IntoIterator<Item = &'a str>) -> Command {
        let mut command = process::command(&self.binary);
        command.arg("--config").arg(self.directory.join("musubi.toml")).args(words);
        command
    }

    /// Adds the region's facilities and sources.
    pub fn add(&self, region: &Region) -> Result<()> {
        for facility in &region.facilities {
            let words = ["facility", "add", &facility.code, &facility.name, "--short"];
            let mut add = self.command(words);
            process::run(add.args([&facility.short_name(), "--type", &facility.facility_type]))?;
        }
        for source in &region.sources {
            self.add_source(region, source)?;
        }
        Ok(())
    }

    fn add_source(&self, region: &Region, source: &Source) -> Result<()> {
        let below = |path: &PathBuf| region.directory.join(path);
        let words = ["source", "add", &source.name, "--facility", &source.facility_code];
        let mut add = self.command(words);
        add.args(["--kind", "ssmix2", "--domain", &source.domain_oid]);
        add.arg("--root").args(source.roots.iter().map(below));
        add.arg("--extended-root").arg(below(&source.extended_root));
        if let Some(transactions) = &source.transaction_root {
            add.arg("--transaction-root").arg(below(transactions));
        }
        process::run(&mut add)
    }

    /// Enrols the region's people, seen by every clinic and hospital of the region.
    pub fn enrol(&self, region: &Region) -> Result<()> {
        for source in &region.sources {
            let mut enrol = self.command(["enrol", "--source", &source.name, "--list"]);
            enrol.arg(region.directory.join(&source.enrolment)).arg("--viewer");
            enrol.args(region.facilities.iter().map(|facility| &facility.code));
            process::run(&mut enrol)?;
        }
        Ok(())
    }

    /// Pulls every source of the region once.
    pub fn pull(&self, region: &Region) -> Result<()> {
        for source in &region.sources {
            process::run(&mut self.command(["pull", "--source", &source.name]))?;
        }
        Ok(())
    }

    /// What `musubi stats --json` counts.
    pub fn stats(&self) -> Result<Value> {
        let text = process::output(&mut self.command(["stats", "--json"]))?;
        serde_json::from_str(&text).context("musubi stats --json")
    }

    /// The state without surrogate ids and clock times.
    pub fn dump(&self) -> Result<String> {
        process::output(&mut self.command(["dump"]))
    }

    /// Adds a doctor of a facility of the region.
    pub fn add_doctor(&self, login: &str, name: &str, facility: &str) -> Result<Account> {
        self.add_account(login, name, facility, "doctor")
    }

    /// Adds an account of a duty.
    pub fn add_account(
        &self,
        login: &str,
        name: &str,
        facility: &str,
        role: &str,
    ) -> Result<Account> {
        let words = ["user", "add", login, "--name", name, "--facility", facility, "--json"];
        let text = process::output(self.command(words).args(["--role", role]))?;
        serde_json::from_str(&text).context("musubi user add --json")
    }

    /// Starts `musubi serve` and waits until it listens.
    pub fn serve(&self, address: SocketAddr) -> Result<Server> {
        let mut serve = self.command(["serve", "--listen", &address.to_string()]);
        eprintln!("$ {}", process::spoken(&serve));
        let child = serve.stdin(Stdio::null()).spawn().context("cannot start musubi serve")?;
        server::Server::started(child, address)
    }
}

/// An empty place for a task to work in; what an earlier run left there is removed.
pub fn fresh(directory: &Path) -> Result<()> {
    if directory.exists() {
        fs::remove_dir_all(directory).with_context(|| directory.display().to_string())?;
    }
    match directory.parent() {
        Some(parent) => fs::create_dir_all(parent).with_context(|| parent.display().to_string()),
        None => bail!("{} has no parent", directory.display()),
    }
}
