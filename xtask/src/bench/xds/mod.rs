//! `cargo xtask bench xds`: XDS over HTTP beside what it cannot be faster than (a floor that only
//! commits, a static file server) and beside a registry in Java; one run, one table.

mod document;
mod growth;
mod java;
mod meter;
mod nginx;
mod place;
mod queries;
mod submissions;
mod table;

use crate::arguments::Arguments;
use crate::binary::{self, Profile};
use crate::{centre, metadata, packages, process, web};
use anyhow::{Context, Result};
use place::Programs;
use std::fs;
use std::path::PathBuf;
use table::Table;

/// What is measured and how often.
pub struct Plan {
    /// Rounds, in turn with the floor and the peers.
    pub rounds: usize,
    /// Documents of the registry at its largest.
    pub documents: usize,
    /// Documents submitted in a round.
    pub submissions: usize,
    /// Where all of it stands.
    pub directory: PathBuf,
    /// The programs.
    pub programs: Programs,
}

/// The task.
pub fn run(mut arguments: Arguments) -> Result<()> {
    let rounds: usize = arguments.option("--rounds")?.unwrap_or(3);
    let documents: usize = arguments.option("--documents")?.unwrap_or(1_000_000);
    let submissions: usize = arguments.option("--submissions")?.unwrap_or(8_000);
    let profile = arguments.option("--profile")?.unwrap_or(Profile::Release);
    let folder: Option<PathBuf> = arguments.option("--programs")?;
    let parts: String = arguments.option("--parts")?.unwrap_or_else(|| "abcde".to_owned());
    arguments.finish()?;
    packages::ensure(&[&packages::NGINX])?;
    let programs = match folder {
        Some(folder) => {
            let folder = fs::canonicalize(&folder).context("--programs")?;
            Programs { musubi: folder.join("musubi"), client: folder.join("xds_bench") }
        }
        None => {
            web::build()?;
            binary::build(&["musubi", "testkit"], &["musubi", "xds_bench"], profile)?;
            Programs {
                musubi: binary::built("musubi", profile)?,
                client: binary::built("xds_bench", profile)?,
            }
        }
    };
    let directory = metadata::target_directory()?.join("bench-xds");
    centre::fresh(&directory)?;
    fs::create_dir_all(&directory)?;
    let plan = Plan { rounds, documents, submissions, directory, programs };
    let java = if parts.contains('e') { java::built(&plan) } else { Err("not asked for".into()) };
    let mut table = Table::default();
    if parts.contains(['a', 'b', 'd']) {
        measured_at_one_place(&plan, &parts, &java, &mut table)?;
    }
    if parts.contains('c') {
        growth::measure(&plan, &mut table)?;
    }
    if let Err(reason) = &java {
        table.note(format!("no registry in Java beside us: {reason}"));
    }
    println!("XDS over HTTP, {profile} build, medians of {rounds} rounds in turn");
    table.print();
    Ok(())
}

fn measured_at_one_place(
    plan: &Plan,
    parts: &str,
    java: &java::Found,
    table: &mut Table,
) -> Result<()> {
    let place = place::Place::new(plan, "centre", 203)?;
    if parts.contains('a') {
        submissions::measure(plan, &place, java, table)?;
    }
    if parts.contains('b') {
        queries::measure(plan, &place, java, table)?;
    }
    if parts.contains('d') {
        document::measure(plan, &place, table)?;
    }
    Ok(())
}

/// One line of JSON of a program of ours.
#[derive(Debug, Clone, serde::Deserialize)]
pub struct Tally {
    /// Requests that count.
    pub requests: usize,
    /// Time of all of them.
    pub seconds: f64,
    /// Bytes of their answers.
    pub bytes: f64,
    /// Median time of one.
    pub p50_ms: f64,
    /// The time that 95 of 100 do not exceed.
    pub p95_ms: f64,
    /// Processor time of the client.
    pub cpu_s: f64,
    /// uniqueId of the last document submitted.
    pub unique_id: String,
}

impl Programs {
    /// Runs a task of the client.
    pub fn client(&self, words: &[&str]) -> Result<Tally> {
        let text = process::output(process::command(&self.client).args(words))?;
        serde_json::from_str(&text).context("the client's line")
    }
}
