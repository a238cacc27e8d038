//! ITI-18 FindDocuments with LeafClass, of patients with few and with many documents; beside it
//! the same bytes as a file of a static server, and a registry in Java.

use super::Plan;
use super::Tally;
use super::java::{self, Java};
use super::meter::{Meter, Used};
use super::nginx::Nginx;
use super::place::{self, Place};
use super::submissions;
use super::table::Table;
use anyhow::Result;

/// Documents of each patient, and how often it is asked for them.
const PATIENTS: [(usize, usize); 3] = [(10, 200), (1_000, 30), (50_000, 3)];
/// So many documents a registry in Java is given.
const JAVA_DOCUMENTS: usize = 1_000;

/// Measures each patient.
pub fn measure(plan: &Plan, place: &Place, java: &java::Found, table: &mut Table) -> Result<()> {
    let chosen: Vec<_> = place.patients[200..].iter().map(String::as_str).collect();
    let with = chosen.iter().zip(PATIENTS).map(|(id, (documents, _))| (*id, documents));
    place.load(plan, &place::listed(plan, "loaded-patients", with)?)?;
    let peer = java.as_ref().ok().map(Java::start).transpose()?;
    for (id, (documents, times)) in chosen.iter().zip(PATIENTS) {
        let patients = place::listed(plan, "asked", [(*id, documents)])?.display().to_string();
        let file = plan.directory.join("files").join(format!("{documents}.xml"));
        std::fs::create_dir_all(plan.directory.join("files"))?;
        let saved = file.display().to_string();
        let ask = |url: &str, rounds: usize, save: bool| {
            let rounds = (rounds * plan.rounds + 1).to_string();
            let mut words = vec!["query", "--url", url, "--domain", &place.domain];
            words.extend(["--patients", &patients, "--rounds", &rounds]);
            if save {
                words.extend(["--save", &saved]);
            }
            plan.programs.client(&words)
        };
        // A server that has answered nothing: memory that an answer takes once is counted too,
        // and each thread that reads takes its own.
        let server = place.serve()?;
        let url = format!("http://{}/xds/registry", server.address);
        let first = Meter(server.id()).during(|| ask(&url, 0, true))?.1.growth_mib;
        let ours = Meter(server.id()).during(|| ask(&url, times, false))?;
        let nginx = Nginx::start(plan, &plan.directory.join("files"))?;
        let of_file = nginx.url(&format!("{documents}.xml"));
        let rounds = (times * plan.rounds).to_string();
        let get = || plan.programs.client(&["get", "--url", &of_file, "--rounds", &rounds]);
        let floor = Meter(nginx.server.id()).during(get)?;
        let aim = if documents == 50_000 { "100 MB/s, 32 MiB more" } else { "" };
        let name = format!("(b) ITI-18, {documents} documents");
        let mut columns = row(&name, &ours, String::new(), aim);
        let all = first + ours.1.growth_mib;
        columns[3] = format!("{first:+.1} MiB the first, {all:+.1} all");
        table.row(columns);
        server.stop()?;
        let ratio = format!("{:.2} of it", speed(&ours.0) / speed(&floor.0));
        table.row(row("    nginx, the same bytes from a file", &floor, ratio, ""));
        if let (Some(peer), true) = (&peer, documents <= JAVA_DOCUMENTS) {
            let one = place::listed(plan, "java-patient", [(*id, 0)])?;
            submissions::submit(plan, place, &one, &java::url(peer, 41), documents, "")?;
            ask(&java::url(peer, 18), 5, false)?;
            let theirs = Meter(peer.id()).during(|| ask(&java::url(peer, 18), times, false))?;
            let ratio = format!("{:.1} times it", theirs.0.p50_ms / ours.0.p50_ms);
            table.row(row("    Java (IPF), in memory", &theirs, ratio, ""));
        }
    }
    Ok(())
}

/// MB of answers in a second.
fn speed(tally: &Tally) -> f64 {
    tally.bytes / 1e6 / tally.seconds
}

fn row(name: &str, (tally, used): &(Tally, Used), ratio: String, aim: &str) -> [String; 6] {
    let each = used.cpu_s * 1e3 / tally.requests as f64;
    [
        name.to_owned(),
        format!("p50 {:.2} ms, {:.0} MB/s", tally.p50_ms, speed(tally)),
        format!("{each:.2} ms each, client {:.2}", tally.cpu_s * 1e3 / tally.requests as f64),
        format!("{:+.1} MiB", used.growth_mib),
        ratio,
        aim.to_owned(),
    ]
}
