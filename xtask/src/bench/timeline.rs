//! `cargo xtask bench timeline`: time to the first byte of the pages of one heavy patient.

use crate::arguments::Arguments;
use crate::binary::{self, Profile};
use crate::check;
use crate::demo::{self, Plan};
use crate::region::Wanted;
use crate::session;
use crate::statistics::quantile;
use anyhow::{Context, Result, bail};

/// The task.
pub fn run(mut arguments: Arguments) -> Result<()> {
    let entries: u32 = arguments.option("--entries")?.unwrap_or(5_000);
    let requests: usize = arguments.option("--requests")?.unwrap_or(200);
    let profile = arguments.option("--profile")?.unwrap_or(Profile::Release);
    arguments.finish()?;
    let binary = binary::musubi(profile)?;
    let wanted = Wanted { patients: 1, entries: Some(entries), ..Wanted::default() };
    let demo = demo::served(&binary, &Plan { name: "bench-timeline", wanted, port: None })?;
    let mut client = session::sign_in(demo.server.address, &demo.account)?;
    let truth = demo.region.truth()?;
    let person = truth.widest().context("nobody takes part")?;
    let address = check::find(&mut client, person)?;
    let entries = truth.current(person).count();
    println!(
        "a patient of {entries} entries, {profile} build, {requests} requests each, one after the other"
    );
    println!("{:<30}{:>10}{:>10}{:>10}{:>12}", "", "p50 ms", "p95 ms", "most ms", "page KiB");
    for (name, path) in [
        ("timeline, matrix", address.clone()),
        ("timeline, list", format!("{address}?v=list")),
        ("laboratory results", format!("{address}/labs")),
    ] {
        let (mut times_ms, mut bytes) = (Vec::new(), 0);
        for _ in 0..requests {
            let response = client.get(&path)?;
            if response.status != 200 {
                bail!("GET {path}: {}", response.status);
            }
            times_ms.push(response.first_byte.as_secs_f64() * 1_000.0);
            bytes = response.body.len();
        }
        let [p50, p95, most] = [0.5, 0.95, 1.0].map(|share| quantile(&times_ms, share));
        println!("{name:<30}{p50:>10.1}{p95:>10.1}{most:>10.1}{:>12}", bytes / 1_024);
    }
    println!("aim: timeline p95 at most 50 ms");
    demo.server.stop()
}
