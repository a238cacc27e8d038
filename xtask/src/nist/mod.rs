//! `cargo xtask nist`: test plans of NIST's XDS toolkit against a registry and repository.

mod allot;
mod base64;
mod centre;
mod contents;
mod deviations;
mod element;
mod grade;
mod kit;
mod links;
mod log;
mod mtom;
mod patients;
mod plan;
mod prepare;
mod retrieve;
mod run;
mod soap;
#[cfg(test)]
mod tests;
mod transaction;
mod translate;
mod xpath;

use crate::arguments::Arguments;
use crate::binary::{self, Profile};
use crate::{metadata, process};
use anyhow::{Context, Result, bail};
use kit::{Kit, Test};
use patients::Patients;
use run::Runner;
use std::fs;
use std::path::{Path, PathBuf};

/// Where we decided otherwise than a plan.
const DEVIATIONS: &str = "xtask/nist-deviations.toml";

/// Runs the task.
pub fn run(mut arguments: Arguments) -> Result<()> {
    let directory: PathBuf = arguments.option("--dir")?.context("--dir DIR is needed")?;
    let tests = listed(arguments.option("--tests")?);
    let registry: Option<String> = arguments.option("--url-registry")?;
    let repository: Option<String> = arguments.option("--url-repository")?;
    let patients = listed(arguments.option("--patients")?);
    let own_binary: Option<PathBuf> = arguments.option("--binary")?;
    let profile = arguments.option("--profile")?.unwrap_or(Profile::Dev);
    arguments.finish()?;
    let kit = Kit::read(&directory)?;
    let order = kit.order(&tests)?;
    let deviations = deviations::read(&process::root().join(DEVIATIONS))?;
    let unknown: Vec<_> = deviations
        .iter()
        .filter(|one| tests.is_empty() && !kit.tests.contains_key(&one.test))
        .collect();
    for one in unknown {
        println!("note {}/{}: a deviation of a test that is not in the folder", one.test, one.step);
    }
    let (endpoints, patients, server) = match (registry, repository) {
        (Some(registry), repository) => {
            let repository = repository.unwrap_or_else(|| registry.clone());
            ((registry, repository), given(patients)?, None)
        }
        (None, Some(_)) => bail!("--url-repository needs --url-registry"),
        (None, None) => {
            let binary = own_binary.map_or_else(|| binary::musubi(profile), Ok)?;
            let started = centre::start(&fs::canonicalize(binary)?, &directory)?;
            let at = |path: &str| format!("http://{}{path}", started.server.address);
            let endpoints = (at(centre::REGISTRY_PATH), at(centre::REPOSITORY_PATH));
            (endpoints, Patients::fed(started.feed, &started.affinity_oid), Some(started.server))
        }
    };
    let mut runner = Runner::new(endpoints, patients, deviations, |line| println!("{line}"))?;
    for test in &order {
        runner.test(test);
    }
    if let Some(server) = server {
        server.stop()?;
    }
    let logs = metadata::target_directory()?.join("nist").join("logs");
    keep(&runner, &order, &logs)?;
    println!("logs in {}", logs.display());
    println!("{}", runner.tally);
    match runner.tally.failed {
        0 => Ok(()),
        failed => bail!("{failed} steps failed"),
    }
}

/// Patients of a registry that somebody else runs.
fn given(patients: Vec<String>) -> Result<Patients> {
    let first = patients.first().context(
        "a registry elsewhere needs --patients 'ID^^^&OID&ISO,…', each known to it and unused",
    )?;
    let oid = first.split('&').nth(1).with_context(|| format!("`{first}` has no &OID&ISO"))?;
    let oid = oid.to_owned();
    Ok(Patients::given(patients, &oid))
}

/// Writes what was sent and answered, for whoever looks for the cause of a failure.
fn keep(runner: &Runner, tests: &[&Test], directory: &Path) -> Result<()> {
    for test in tests {
        for section in &test.sections {
            let Ok(log) = runner.logs.section(&test.id, &section.name) else { continue };
            let directory = directory.join(&test.id).join(&section.name);
            fs::create_dir_all(&directory)?;
            fs::write(directory.join("log.xml"), log.write())?;
        }
    }
    Ok(())
}

fn listed(text: Option<String>) -> Vec<String> {
    let text = text.unwrap_or_default();
    text.split(',').map(str::trim).filter(|one| !one.is_empty()).map(str::to_owned).collect()
}
