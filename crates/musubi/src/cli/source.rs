//! `musubi source …`: the systems of a facility that give data.

use clap::{Args, Subcommand};
use std::path::PathBuf;

/// `musubi source …`
#[derive(Debug, Subcommand)]
pub enum SourceCommand {
    /// Add a source.
    #[command(
        after_help = "Example:\n  musubi source add central --facility 1310000001 --kind ssmix2 --root /mnt/central/std --extended-root /mnt/central/ext --domain 1.2.392.100495.20.3.51.11310000001"
    )]
    Add(SourceArguments),
    /// List the sources with state and freshness.
    #[command(after_help = "Example:\n  musubi source list")]
    List,
    /// What was taken from a source, when, for whom.
    #[command(after_help = "Example:\n  musubi source report central")]
    Report {
        /// Name of the source.
        name: String,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Stop reading a source until it is resumed; nothing is deleted.
    #[command(after_help = "Example:\n  musubi source pause central")]
    Pause {
        /// Name of the source.
        name: String,
    },
    /// Read a paused source again.
    #[command(after_help = "Example:\n  musubi source resume central")]
    Resume {
        /// Name of the source.
        name: String,
    },
}

/// What `musubi source add` takes.
#[derive(Debug, Args)]
pub struct SourceArguments {
    /// Name of the new source; it stands in every logical key.
    pub name: String,
    /// Code of its facility.
    #[arg(long, value_name = "CODE")]
    pub facility: String,
    /// What kind of system it is.
    #[arg(long, value_name = "KIND", value_parser = ["ssmix2"])]
    pub kind: String,
    /// Roots of the standardized storage: the volumes of one system.
    #[arg(long = "root", value_name = "DIR", num_args = 1.., required = true)]
    pub roots: Vec<PathBuf>,
    /// Roots of the extended storage.
    #[arg(long = "extended-root", value_name = "DIR", num_args = 1..)]
    pub extended_roots: Vec<PathBuf>,
    /// Roots of the transaction storage; without one, following compares directories.
    #[arg(long = "transaction-root", value_name = "DIR", num_args = 1..)]
    pub transaction_roots: Vec<PathBuf>,
    /// OID of its patient-ID domain; two sources share one only if they share their numbering.
    #[arg(long, value_name = "OID")]
    pub domain: String,
    /// Hours (Japan) in which it may be read, such as 22:00-06:00; always if not given.
    #[arg(long, value_name = "FROM-TO", num_args = 1..)]
    pub allowed_hours: Vec<String>,
    /// Most files a second; 0 is no bound.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub maximum_rate: u32,
    /// Files read at the same time.
    #[arg(long, value_name = "N", default_value_t = 2)]
    pub parallelism: u32,
    /// Nobody writes it any more (the old storage after a change of vendor): it is read for newly
    /// enrolled patients and never raises a freshness alarm.
    #[arg(long)]
    pub frozen: bool,
}
