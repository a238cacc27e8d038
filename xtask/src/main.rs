//! The project's tasks, started with `cargo xtask TASK`.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a task talks to its terminal, measures real time and waits for real processes"
)]

mod arguments;
mod bench;
mod binary;
mod centre;
mod check;
mod cluster;
mod demo;
mod doubtful;
mod floors;
mod fuzz;
mod http;
mod kill;
mod linear;
mod metadata;
mod nist;
mod packages;
mod pacs;
mod process;
mod python;
mod region;
mod server;
mod session;
mod statistics;
mod test;
mod tidy;
mod totp;
mod truth;
mod web;

use anyhow::{Result, bail};
use arguments::Arguments;
use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask TASK

  demo [--check] [--profile dev|release] [--port N] [--seed N] [--patients N]
        make a synthetic region, pull it, serve it; --check does so unattended and asserts
  test  everything that must pass, with what it needs installed
  tidy  lengths, forbidden calls, floors, documents
  deny  licences, bans and sources of the dependencies
  e2e [--profile dev|release]
        the tests with Chromium, on a region of their own
  bench charset [--names N] [--profile dev|release]
  bench identity [--parts febrl,stress] [--regions SEED:PERSONS,…] [--profile dev|release]
  bench intake [--twins FILE.tar.xz] [--rounds N] [--profile dev|release]
  bench timeline [--entries N] [--requests N] [--profile dev|release]
  bench xds [--rounds N] [--documents N] [--submissions N] [--parts abcde]
            [--programs DIR | --profile dev|release]
        figures of the release build
  kill [--runs N] [--engine sqlite|postgres|both] [--seed N] [--patients N]
       [--profile dev|release]
        kill -9 at random moments of a pull, then compare with an undisturbed one
  linear [--engine sqlite|postgres] [--histories N] [--seed N]
        random histories of concurrent clients of the registry, each explained by a model
  fuzz [--target xml_budget|mtom|ebrim_submission|ebrim_query|mllp|hl7|hl7v3|dicom_scan|dicom_association] [--minutes N] [--keep]
        feeds the readers, guided by coverage; --keep renews the inputs in fuzz/corpus
  nist --dir DIR [--tests ID,…] [--binary PATH | --profile dev|release]
       [--url-registry URL [--url-repository URL] --patients 'ID^^^&OID&ISO,…']
        test plans of NIST's XDS toolkit, over HTTP, against a fresh centre or another registry
";

fn main() -> ExitCode {
    match run(Arguments::from_environment()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(mut arguments: Arguments) -> Result<()> {
    match arguments.word().as_deref() {
        Some("demo") => demo::run(arguments),
        Some("test") => test::run(arguments),
        Some("deny") => test::deny(arguments),
        Some("e2e") => test::end_to_end(arguments),
        Some("tidy") => tidy::run(arguments),
        Some("bench") => bench::run(arguments),
        Some("kill") => kill::run(arguments),
        Some("linear") => linear::run(arguments),
        Some("fuzz") => fuzz::run(arguments),
        Some("nist") => nist::run(arguments),
        Some("help" | "--help") | None => {
            print!("{USAGE}");
            Ok(())
        }
        Some(other) => bail!("no task `{other}`\n\n{USAGE}"),
    }
}
