//! ITI-43 of one large document, beside a static file server.

use super::Plan;
use super::Tally;
use super::meter::{Meter, Used};
use super::nginx::Nginx;
use super::place::{self, Place, SOURCE_OID};
use super::table::Table;
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};

/// Bytes of the document.
const BYTES: u64 = 200 * 1_024 * 1_024;
/// Retrievals in a round.
const TIMES: usize = 3;

/// Measures in turn.
pub fn measure(plan: &Plan, place: &Place, table: &mut Table) -> Result<()> {
    let server = place.serve()?;
    let patient = place::listed(plan, "document-patient", [(place.patients[0].as_str(), 0)])?;
    let (patient, bytes) = (patient.display().to_string(), BYTES.to_string());
    let url = format!("http://{}/xds/repository", server.address);
    let mut words = vec!["submit", "--url", &url, "--domain", &place.domain, "--source"];
    words.extend([SOURCE_OID, "--patients", &patient, "--count", "1", "--clients", "1"]);
    words.extend(["--bytes", &bytes]);
    let given = Meter(server.id()).during(|| plan.programs.client(&words))?;
    let files = plan.directory.join("large");
    fs::create_dir_all(&files)?;
    fs::copy(object(&place.objects())?, files.join("document"))?;
    let nginx = Nginx::start(plan, &files)?;
    let rounds = (TIMES * plan.rounds).to_string();
    let mut words = vec!["retrieve", "--url", &url, "--repository", &place.repository];
    words.extend(["--unique-id", &given.0.unique_id, "--bytes", &bytes, "--rounds", &rounds]);
    let ours = Meter(server.id()).during(|| plan.programs.client(&words))?;
    let of_file = nginx.url("document");
    let get = || plan.programs.client(&["get", "--url", &of_file, "--rounds", &rounds]);
    let floor = Meter(nginx.server.id()).during(get)?;
    table.row(row("(d) ITI-43, 200 MiB", &ours, String::new(), "0.7 of nginx, 64 MiB"));
    let ratio = format!("{:.2} of it", speed(&ours.0) / speed(&floor.0));
    table.row(row("    nginx, the same file", &floor, ratio, ""));
    let (tally, used) = &given;
    table.row([
        "    ITI-41 of it".to_owned(),
        format!("{:.0} MB/s", BYTES as f64 / 1e6 / tally.seconds),
        format!("{:.2} s", used.cpu_s),
        format!("{:+.1} MiB", used.growth_mib),
        String::new(),
        String::new(),
    ]);
    server.stop()
}

/// The p50's speed: of few long answers it says more than their mean.
fn speed(tally: &Tally) -> f64 {
    tally.bytes / tally.requests as f64 / 1e3 / tally.p50_ms
}

fn row(name: &str, (tally, used): &(Tally, Used), ratio: String, aim: &str) -> [String; 6] {
    // The first answer is compared byte for byte; it is not timed, but the server worked for it.
    let answers = (tally.requests + 1) as f64;
    [
        name.to_owned(),
        format!("{:.0} MB/s", speed(tally)),
        format!("{:.2} s each, client {:.2}", used.cpu_s / answers, tally.cpu_s / answers),
        format!("{:+.1} MiB", used.growth_mib),
        ratio,
        aim.to_owned(),
    ]
}

/// The object of the document: the only file of its size.
fn object(folder: &Path) -> Result<PathBuf> {
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            let metadata = entry.metadata()?;
            if metadata.is_dir() {
                folders.push(entry.path());
            } else if metadata.len() == BYTES {
                return Ok(entry.path());
            }
        }
    }
    None.context("the document is no object")
}
