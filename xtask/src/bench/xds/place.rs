//! A centre to measure: fresh, trusting this machine, with enrolled patients.

use super::{Plan, Tally};
use crate::centre::Centre;
use crate::process;
use crate::server::{self, Server};
use anyhow::{Context, Result};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// The made-up hospital, its source, and the OID by which documents are submitted.
const FACILITY: [&str; 2] = ["1319999999", "計測病院"];
const SOURCE: &str = "bench";
/// sourceId of what is submitted.
pub const SOURCE_OID: &str = "2.25.4242";

/// The programs that are run.
pub struct Programs {
    /// The binary.
    pub musubi: PathBuf,
    /// `xds_bench`.
    pub client: PathBuf,
}

/// A centre.
pub struct Place {
    centre: Centre,
    directory: PathBuf,
    /// OID of its affinity domain.
    pub domain: String,
    /// Its repositoryUniqueId.
    pub repository: String,
    /// Community IDs of its patients.
    pub patients: Vec<String>,
}

impl Place {
    /// Makes one with `count` patients.
    pub fn new(plan: &Plan, name: &str, count: usize) -> Result<Place> {
        let directory = plan.directory.join(name);
        let root = plan.directory.join(format!("{name}-root"));
        fs::create_dir_all(&root)?;
        let centre = Centre::init(&plan.programs.musubi, &directory, None)?;
        let config = directory.join("musubi.toml");
        let text = fs::read_to_string(&config)?;
        let oid = text.lines().find_map(|line| line.strip_prefix("oid = \"")?.strip_suffix('"'));
        let oid = oid.context("musubi.toml has no line `oid = \"…\"`")?.to_owned();
        let text = text.replace("trust_loopback = false", "trust_loopback = true");
        fs::write(&config, text.replace("follow = true", "follow = false"))?;
        let [code, shown] = FACILITY;
        process::run(&mut centre.command(["facility", "add", code, shown]))?;
        let words = ["source", "add", SOURCE, "--facility", code, "--kind", "ssmix2", "--domain"];
        let mut add = centre.command(words);
        process::run(add.arg(format!("{oid}.7")).arg("--root").arg(&root))?;
        let list = plan.directory.join(format!("{name}-patients.csv"));
        let ids: Vec<_> = (1..=count).map(|number| format!("P{number:07},")).collect();
        fs::write(&list, format!("patient_id,same_as\n{}\n", ids.join("\n")))?;
        let mut enrol = centre.command(["enrol", "--source", SOURCE, "--json", "--list"]);
        let value: Value = serde_json::from_str(&process::output(enrol.arg(&list))?)?;
        let enrolled = value["patients"].as_array().context("musubi enrol --json: patients")?;
        let patients = enrolled.iter().filter_map(|one| one["community_id"].as_str());
        let patients: Vec<_> = patients.map(str::to_owned).collect();
        let (domain, repository) = (format!("{oid}.1"), format!("{oid}.2"));
        Ok(Place { centre, directory, domain, repository, patients })
    }

    /// Starts its server.
    pub fn serve(&self) -> Result<Server> {
        self.centre.serve(server::free_address()?)
    }

    /// The folder of its large documents.
    pub fn objects(&self) -> PathBuf {
        self.directory.join("state/objects")
    }

    /// Reads the database through, so that the file system's cache holds it whatever its size.
    pub fn warm(&self) -> Result<()> {
        let mut database = fs::File::open(self.directory.join("state/musubi.db"))?;
        std::io::copy(&mut database, &mut std::io::sink())?;
        Ok(())
    }

    /// Writes rows of documents: each line of `patients` says whose and how many.
    pub fn load(&self, plan: &Plan, patients: &Path) -> Result<Tally> {
        let database = self.directory.join("state/musubi.db");
        let loaded = plan.programs.client(&[
            "load",
            "--database",
            &database.display().to_string(),
            "--objects",
            &self.objects().display().to_string(),
            "--domain",
            &self.domain,
            "--repository",
            &self.repository,
            "--source",
            SOURCE_OID,
            "--patients",
            &patients.display().to_string(),
        ])?;
        // What the load still has to write would be waited for by what is measured next.
        process::run(&mut process::command("sync"))?;
        Ok(loaded)
    }
}

/// A file of patients, each with a number.
pub fn listed<'a>(
    plan: &Plan,
    name: &str,
    patients: impl IntoIterator<Item = (&'a str, usize)>,
) -> Result<PathBuf> {
    let path = plan.directory.join(name);
    let lines = patients.into_iter().map(|(id, number)| format!("{id} {number}\n"));
    fs::write(&path, lines.collect::<String>())?;
    Ok(path)
}
