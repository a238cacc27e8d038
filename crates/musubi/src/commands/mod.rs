//! The commands, one file each: arguments in, use case, lines out.

mod backup;
mod consent;
mod domain;
mod enrol;
mod facility;
mod identity;
mod init;
mod limits;
mod named;
mod pacs;
mod peer;
mod pull;
mod quarantine;
mod rederive;
mod region;
mod serve;
mod source;
mod source_change;
mod source_dicom;
mod stats;
mod suspend;
mod user;
mod withdraw;

use crate::cli::{Cli, Command, WorkerCommand};
use crate::node::Node;
use std::future::Future;
use tracing_subscriber::EnvFilter;

/// Runs a command to its end.
pub fn run(cli: Cli) -> anyhow::Result<()> {
    let open = || Node::open(&cli.config);
    match cli.command {
        Command::Init { directory } => init::run(&directory),
        Command::Restore { directory } => backup::restore(&cli.config, &directory),
        Command::Limits => limits::run(),
        Command::Region(arguments) => region::run(&arguments),
        Command::Pacs(arguments) => pacs::run(arguments),
        Command::Facility(command) => facility::run(&open()?, command),
        Command::Source(command) => source::run(&open()?, command),
        Command::Enrol(arguments) => enrol::run(&open()?, arguments),
        Command::Domain(command) => domain::run(&open()?, command),
        Command::Suspend(arguments) => suspend::run(&open()?, arguments, suspend::Change::Suspend),
        Command::Resume(arguments) => suspend::run(&open()?, arguments, suspend::Change::Resume),
        Command::Withdraw(arguments) => withdraw::run(&open()?, arguments),
        Command::Consent(command) => consent::run(&open()?, command),
        Command::Identity(command) => identity::run(&open()?, command),
        Command::Pull { source, follow } => pull::run(&open()?, &source, follow),
        Command::Stats { json } => stats::run(&open()?, json),
        Command::Dump => stats::dump(&open()?),
        Command::Quarantine(command) => quarantine::run(&open()?, command),
        Command::Peer(command) => peer::run(&open()?, command),
        Command::User(command) => user::run(&cli.config, command),
        Command::Rederive => rederive::run(&open()?),
        Command::Backup { directory } => backup::backup(&open()?, &directory),
        Command::Serve { listen } => serve::run(open()?, listen),
        Command::Worker(WorkerCommand::Render) => Ok(rendering::serve()?),
    }
}

/// Runs an asynchronous use case of a command.
fn block_on<T>(future: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(future)
}

/// Sends the log to standard error, filtered by the configuration; `MUSUBI_LOG` overrides it.
fn start_log(level: &str) -> anyhow::Result<()> {
    let filter = std::env::var("MUSUBI_LOG").unwrap_or_else(|_| level.to_owned());
    let filter = EnvFilter::try_new(&filter)
        .map_err(|error| anyhow::anyhow!("log.level `{filter}` is no filter: {error}"))?;
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .try_init()
        .map_err(|error| anyhow::anyhow!("the log cannot start: {error}"))
}

/// An instant as people in Japan read it.
fn time(instant_us: i64) -> String {
    let instant = model::Timestamp(instant_us);
    let ((year, month, day), (hour, minute)) = (instant.jst_date(), instant.jst_hour_minute());
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}")
}
