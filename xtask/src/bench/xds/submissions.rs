//! ITI-41 of 4 KiB documents, MTOM, from eight clients, durable.

use super::java::{self, Java};
use super::meter::{Meter, Used};
use super::place::{self, Place, SOURCE_OID};
use super::table::Table;
use super::{Plan, Tally};
use crate::process;
use crate::server::{self, Server};
use crate::statistics::median;
use anyhow::{Context, Result};
use std::fs;
use std::path::Path;

/// Rounds of one server.
#[derive(Default)]
struct Rounds(Vec<(Tally, Used)>);

impl Rounds {
    fn rate(&self) -> f64 {
        let rates: Vec<_> = self.0.iter().map(|(t, _)| t.requests as f64 / t.seconds).collect();
        median(&rates)
    }

    fn row(&self, name: &str, ratio: String, aim: &str) -> [String; 6] {
        let of = |value: fn(&(Tally, Used)) -> f64| {
            median(&self.0.iter().map(value).collect::<Vec<_>>())
        };
        let server = of(|(tally, used)| used.cpu_s * 1e6 / tally.requests as f64);
        let client = of(|(tally, _)| tally.cpu_s * 1e6 / tally.requests as f64);
        let peak = self.0.iter().map(|(_, used)| used.peak_mib).fold(0.0, f64::max);
        [
            name.to_owned(),
            format!("{:.0}/s, p50 {:.1} ms", self.rate(), of(|(tally, _)| tally.p50_ms)),
            format!("{server:.0} µs each, client {client:.0}"),
            format!("peak {peak:.0} MiB"),
            ratio,
            aim.to_owned(),
        ]
    }
}

/// Measures ours, the floor and the registry in Java in turn.
pub fn measure(plan: &Plan, place: &Place, java: &java::Found, table: &mut Table) -> Result<()> {
    let patients: Vec<_> = place.patients[..200].iter().map(|id| (id.as_str(), 0)).collect();
    let patients = place::listed(plan, "submitted-patients", patients)?;
    let (mut ours, mut floor, mut theirs) =
        (Rounds::default(), Rounds::default(), Rounds::default());
    let server = place.serve()?;
    let url = format!("http://{}/xds/repository", server.address);
    let peer = java.as_ref().ok().map(Java::start).transpose()?;
    // A just-in-time compiler, a page cache and a checkpoint have had their first turn.
    submit(plan, place, &patients, &url, 500, "")?;
    if let Some(peer) = &peer {
        submit(plan, place, &patients, &java::url(peer, 41), 3_000, "")?;
    }
    for round in 1..=plan.rounds {
        eprintln!("submissions: round {round} of {}", plan.rounds);
        let count = plan.submissions;
        let done = Meter(server.id()).during(|| submit(plan, place, &patients, &url, count, ""))?;
        ours.0.push(done);
        floor.0.push(floor_round(plan, place, &patients, count)?);
        if let Some(peer) = &peer {
            let url = java::url(peer, 41);
            let done = Meter(peer.id()).during(|| submit(plan, place, &patients, &url, count, ""));
            theirs.0.push(done?);
        }
    }
    server.stop()?;
    let aim = "1,000/s, 0.4 of the floor";
    table.row(ours.row("(a) ITI-41, 4 KiB, 8 clients", String::new(), aim));
    let ratio = format!("{:.2} of it", ours.rate() / floor.rate());
    table.row(floor.row("    floor: HTTP, the bytes in group commits", ratio, ""));
    if !theirs.0.is_empty() {
        let ratio = format!("{:.1} times it", ours.rate() / theirs.rate());
        table.row(theirs.row("    Java (IPF), in memory, not durable", ratio, ""));
    }
    Ok(())
}

fn floor_round(plan: &Plan, place: &Place, patients: &Path, count: usize) -> Result<(Tally, Used)> {
    let database = plan.directory.join("floor.db");
    for ending in ["", "-wal", "-shm"] {
        drop(fs::remove_file(plan.directory.join(format!("floor.db{ending}"))));
    }
    let address = server::free_address()?;
    let mut floor = process::command(&plan.programs.client);
    floor.args(["floor", "--listen", &address.to_string(), "--database"]).arg(&database);
    let child = floor.spawn().context("cannot start the floor")?;
    let server = Server::started(child, address)?;
    let url = format!("http://{address}/");
    submit(plan, place, patients, &url, 500, "yes")?;
    Meter(server.id()).during(|| submit(plan, place, patients, &url, count, "yes"))
}

/// Submits documents from eight clients.
pub fn submit(
    plan: &Plan,
    place: &Place,
    patients: &Path,
    url: &str,
    count: usize,
    is_floor: &str,
) -> Result<Tally> {
    let (patients, count) = (patients.display().to_string(), count.to_string());
    let mut words = vec!["submit", "--url", url, "--domain", &place.domain];
    words.extend(["--source", SOURCE_OID, "--patients", &patients, "--count", &count]);
    if !is_floor.is_empty() {
        words.extend(["--floor", is_floor]);
    }
    plan.programs.client(&words)
}
