//! What `cargo xtask bench identity` measures: the linkage of `identity` on data with the truth.
//! `linkage_bench febrl FILE [FILE]`, `linkage_bench stress SEED:PERSONS…` or `linkage_bench stored
//! DATABASE SEED:PERSONS ADDS`; answers are JSON, a
//! line each, so that whoever started it can time them.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a program beside the product that is read by its output"
)]

mod febrl;
mod figures;
mod stored;
mod stress;

use std::error::Error;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<(), Box<dyn Error>> {
    match arguments.split_first() {
        Some((task, files)) if task == "febrl" && !files.is_empty() => febrl::run(files),
        Some((task, regions)) if task == "stress" && !regions.is_empty() => stress::run(regions),
        Some((task, region)) if task == "stored" => stored::run(region),
        _ => Err("usage: linkage_bench febrl FILE [FILE] | stress SEED:PERSONS… | \
                  stored DATABASE SEED:PERSONS ADDS"
            .into()),
    }
}
