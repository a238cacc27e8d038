//! The Musubi binary.

use clap::Parser;
use musubi::cli::Cli;
use musubi::config::ConfigError;
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match musubi::commands::run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report(error);
            ExitCode::FAILURE
        }
    }
}

/// Configuration errors point at their line; the others say what, where, what to do.
#[allow(clippy::print_stderr, reason = "the command line speaks to its user")]
fn report(error: anyhow::Error) {
    match error.downcast::<ConfigError>() {
        Ok(config) => eprintln!("{:?}", miette::Report::new(config)),
        Err(error) => {
            let causes: Vec<String> = error.chain().map(ToString::to_string).collect();
            eprintln!("error: {}", causes.join(": "));
        }
    }
}
