//! The command line: what each command takes, with an example in its help.

mod consent;
mod domain;
mod enrol;
mod facility;
mod identity;
mod pacs;
mod peer;
mod quarantine;
mod region;
mod source;
mod user;

use clap::{Parser, Subcommand};
use std::net::SocketAddr;
use std::path::PathBuf;

pub use consent::{ConsentArguments, ConsentCommand};
pub use domain::{DomainArguments, DomainCommand};
pub use enrol::{EnrolArguments, SuspendArguments, WithdrawArguments};
pub use facility::FacilityCommand;
pub use identity::{IdentityCommand, ReviewCommand};
pub use pacs::PacsArguments;
pub use peer::{PeerArguments, PeerCommand};
pub use quarantine::QuarantineCommand;
pub use region::RegionArguments;
pub use source::{DicomArguments, SourceArguments, SourceChangeArguments, SourceCommand};
pub use user::UserCommand;

/// Musubi: the centre of a regional health-information exchange.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true, disable_help_subcommand = true)]
pub struct Cli {
    /// Configuration file; `musubi init` writes one.
    #[arg(long, global = true, value_name = "FILE", default_value = "musubi.toml")]
    pub config: PathBuf,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write musubi.toml (every key, its default, its reason) and the embedded state.
    #[command(after_help = "Example:\n  musubi init region && cd region")]
    Init {
        /// Directory to make; it must not hold a musubi.toml yet.
        directory: PathBuf,
    },
    /// Facilities: hospitals that give data, clinics that see it.
    #[command(subcommand)]
    Facility(FacilityCommand),
    /// Sources: the systems of a facility that give data.
    #[command(subcommand)]
    Source(SourceCommand),
    /// Enrol patients of a source, with consent for the named viewing facilities.
    #[command(
        after_help = "Examples:\n  musubi enrol --source central --patient 0000123456 --viewer 1312345678\n  musubi enrol --source central --all\n  musubi enrol --source prefectural --patient 77-0098 --same-as central:0000123456\n  musubi enrol --source central --list enrol-central.csv"
    )]
    Enrol(EnrolArguments),
    /// Patient-ID domains: names, how numbers are written, how one's give another's.
    #[command(subcommand)]
    Domain(DomainCommand),
    /// Let an enrolment rest: nothing of these patients is taken or shown until it is resumed;
    /// nothing is deleted, and consents stay.
    #[command(
        after_help = "Example:\n  musubi suspend --source central --patient 0000123456 --basis 'form 6, 2026-11-22'"
    )]
    Suspend(SuspendArguments),
    /// Let a suspended enrolment go on; what the source has written since is read.
    #[command(
        after_help = "Example:\n  musubi resume --source central --patient 0000123456 --basis 'form 7, 2026-12-01'"
    )]
    Resume(SuspendArguments),
    /// Record that patients take part no more: from now on nothing of them is pulled or shown.
    #[command(
        after_help = "Example:\n  musubi withdraw --source central --patient 0000123456 --basis 'form 5, 2026-11-22'"
    )]
    Withdraw(WithdrawArguments),
    /// Whose data is open to whom: list, add, end.
    #[command(subcommand)]
    Consent(ConsentCommand),
    /// Which records are of one human: look, join, take apart.
    #[command(subcommand)]
    Identity(IdentityCommand),
    /// Make one complete pass over a source; ends with 0 when every item is read or quarantined.
    #[command(after_help = "Example:\n  musubi pull --source central")]
    Pull {
        /// Name of the source.
        #[arg(long, value_name = "NAME")]
        source: String,
        /// Only what the transaction storage (or a changed directory) tells, not the whole storage.
        #[arg(long)]
        follow: bool,
    },
    /// Count documents by type and state, facts by kind, identities, persons, quarantine.
    #[command(after_help = "Example:\n  musubi stats --json")]
    Stats {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Items that could not be read, each with its reason.
    #[command(subcommand)]
    Quarantine(QuarantineCommand),
    /// Accounts of the pages.
    #[command(subcommand)]
    User(UserCommand),
    /// Other systems that speak XDS with this centre.
    #[command(subcommand)]
    Peer(PeerCommand),
    /// Read documents again that older rules read; the server may run, and a stopped run goes on.
    #[command(after_help = "Example:\n  musubi rederive")]
    Rederive,
    /// Copy database and objects as one consistent point; the server may run.
    #[command(after_help = "Example:\n  musubi backup /backup/2026-11-22")]
    Backup {
        /// Directory to make.
        directory: PathBuf,
    },
    /// Bring a backup back into an empty state.
    #[command(
        after_help = "Example:\n  musubi --config new/musubi.toml restore /backup/2026-11-22"
    )]
    Restore {
        /// Directory that `musubi backup` made.
        directory: PathBuf,
    },
    /// Serve the pages and follow the sources until stopped.
    #[command(after_help = "Example:\n  musubi serve --listen 127.0.0.1:8470")]
    Serve {
        /// Address to listen on instead of the configured one.
        #[arg(long, value_name = "ADDRESS")]
        listen: Option<SocketAddr>,
    },
    /// Print the table of limits.
    #[command(after_help = "Example:\n  musubi limits")]
    Limits,
    /// Make a synthetic region: hospitals, patients, storages, and the truth about them.
    #[command(after_help = "Example:\n  musubi region demo-region --seed 1 --patients 40")]
    Region(RegionArguments),
    /// Serve a hospital's images of a synthetic region by DICOM: C-FIND, C-GET, C-MOVE.
    #[command(
        after_help = "Example:\n  musubi pacs demo-region/minato-pacs --ae-title MINATO_PACS"
    )]
    Pacs(PacsArguments),
    /// Print the state without surrogate ids and clock times, for comparing.
    #[command(hide = true)]
    Dump,
    /// Limit this process and answer jobs of the server that started it.
    #[command(hide = true, subcommand)]
    Worker(WorkerCommand),
}

/// What a worker process does.
#[derive(Debug, Subcommand)]
pub enum WorkerCommand {
    /// Decode frames and make pictures of them.
    #[command(hide = true)]
    Render,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn every_visible_command_has_an_example() {
        Cli::command().debug_assert();
        let mut waiting = vec![Cli::command()];
        while let Some(command) = waiting.pop() {
            let leaf = command.get_subcommands().next().is_none();
            if leaf && !command.is_hide_set() {
                let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
                assert!(help.contains("Example"), "{} has no example", command.get_name());
                assert!(help.contains("musubi "), "{} has no example", command.get_name());
            }
            waiting.extend(command.get_subcommands().cloned());
        }
    }
}
