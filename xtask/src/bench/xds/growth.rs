//! ITI-18 of a patient with 100 documents as the registry grows a hundredfold.

use super::Plan;
use super::Tally;
use super::meter::{Meter, Used};
use super::place::{self, Place};
use super::table::Table;
use crate::statistics::Sequence;
use anyhow::Result;

/// Documents of a patient.
const EACH: usize = 100;
/// Documents of the registry at first.
const FIRST: usize = 10_000;
/// Queries in one measurement.
const QUERIES: usize = 300;

/// Measures small and large.
pub fn measure(plan: &Plan, table: &mut Table) -> Result<()> {
    let (small, large) = (FIRST.min(plan.documents), plan.documents);
    let place = Place::new(plan, "growing", large / EACH)?;
    let patients: Vec<_> = place.patients.iter().map(String::as_str).collect();
    let (first, others) = patients.split_at(small / EACH);
    let mut answers = Vec::new();
    for (part, documents) in [(first, small), (others, large)] {
        if part.is_empty() {
            continue;
        }
        let list = place::listed(plan, "growing-load", part.iter().map(|id| (*id, EACH)))?;
        let load = place.load(plan, &list)?;
        let seconds = load.seconds;
        table.note(format!(
            "loaded {} documents in {seconds:.0} s; of each 64 bytes, queries do not read them",
            load.requests
        ));
        let known = &patients[..documents / EACH];
        answers.push(ask(plan, &place, known)?);
        let (tally, used) = answers.last().unwrap_or(&answers[0]);
        let ratio = tally.p50_ms / answers[0].0.p50_ms;
        let ratio =
            if answers.len() > 1 { format!("{ratio:.2} times the p50") } else { String::new() };
        table.row([
            format!("(c) ITI-18, 100 documents of {documents}"),
            format!("p50 {:.2} ms, p95 {:.2} ms", tally.p50_ms, tally.p95_ms),
            format!("{:.2} ms each", used.cpu_s * 1e3 / tally.requests as f64),
            format!("{:+.1} MiB", used.growth_mib),
            ratio,
            if answers.len() > 1 { "1.3 times".to_owned() } else { String::new() },
        ]);
    }
    Ok(())
}

/// Asks for patients drawn at random, each as often as any other.
fn ask(plan: &Plan, place: &Place, patients: &[&str]) -> Result<(Tally, Used)> {
    let mut drawn = Sequence(7);
    let mut some = |count: usize| -> Vec<(&str, usize)> {
        let draw = |_| patients[drawn.below(patients.len() as u64) as usize];
        (0..count).map(draw).map(|id| (id, EACH)).collect()
    };
    let (warm, asked) = (some(50), some(QUERIES));
    place.warm()?;
    let server = place.serve()?;
    let url = format!("http://{}/xds/registry", server.address);
    let query = |name: &str, patients: Vec<(&str, usize)>| {
        let list = place::listed(plan, name, patients)?.display().to_string();
        let words = ["--url", &url, "--domain", &place.domain, "--patients", &list];
        plan.programs.client(&[&["query"], &words[..]].concat())
    };
    query("growing-warm", warm)?;
    let done = Meter(server.id()).during(|| query("growing-asked", asked))?;
    server.stop()?;
    Ok(done)
}
