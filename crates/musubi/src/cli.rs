//! The command line: what each command takes, with an example in its help.

use clap::{Args, Parser, Subcommand};
use std::net::SocketAddr;
use std::path::PathBuf;

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
    /// Print the state without surrogate ids and clock times, for comparing.
    #[command(hide = true)]
    Dump,
}

/// `musubi facility …`
#[derive(Debug, Subcommand)]
pub enum FacilityCommand {
    /// Add a facility.
    #[command(
        after_help = "Example:\n  musubi facility add 1310000001 市立中央病院 --short 市立中央"
    )]
    Add {
        /// The ten-digit facility code: prefecture 2, fee table 1, institution 7.
        code: String,
        /// Its name.
        name: String,
        /// Two to four characters for tables; the name's beginning if not given.
        #[arg(long, value_name = "SHORT")]
        short: Option<String>,
        /// hospital, clinic, dental, pharmacy, visiting-nurse or care.
        #[arg(long = "type", value_name = "TYPE", default_value = "hospital")]
        facility_type: String,
    },
    /// List the facilities.
    #[command(after_help = "Example:\n  musubi facility list")]
    List,
}

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

/// What `musubi enrol` takes.
#[derive(Debug, Args)]
pub struct EnrolArguments {
    /// Name of the source whose patients these are.
    #[arg(long, value_name = "NAME")]
    pub source: String,
    /// Patient IDs in the source's domain.
    #[arg(long = "patient", value_name = "ID", num_args = 1.., required_unless_present_any = ["all", "list"], conflicts_with_all = ["all", "list"])]
    pub patients: Vec<String>,
    /// Every patient who has a folder in the source.
    #[arg(long, conflicts_with = "list")]
    pub all: bool,
    /// A CSV file with the columns patient_id and same_as.
    #[arg(long, value_name = "FILE")]
    pub list: Option<PathBuf>,
    /// The person this patient is, as SOURCE:PATIENT or a community ID; a new person if not given.
    #[arg(long, value_name = "PERSON", conflicts_with_all = ["all", "list"])]
    pub same_as: Option<String>,
    /// Codes of the facilities whose users may see them; the configured ones if not given.
    #[arg(long = "viewer", value_name = "CODE", num_args = 1..)]
    pub viewers: Vec<String>,
    /// Print JSON: each patient with its community ID.
    #[arg(long)]
    pub json: bool,
}

/// `musubi quarantine …`
#[derive(Debug, Subcommand)]
pub enum QuarantineCommand {
    /// List the items with place, reason and age.
    #[command(
        after_help = "Example:\n  musubi quarantine list --source central --reason patient-mismatch"
    )]
    List {
        /// Only of this source.
        #[arg(long, value_name = "NAME")]
        source: Option<String>,
        /// Only with this reason code.
        #[arg(long, value_name = "CODE")]
        reason: Option<String>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Show one item: reason, what to do, the bytes as received.
    #[command(after_help = "Example:\n  musubi quarantine show 12")]
    Show {
        /// Its number in the list.
        id: i64,
    },
    /// Read items again, after their cause is mended.
    #[command(
        after_help = "Examples:\n  musubi quarantine retry 12\n  musubi quarantine retry --source central --reason unreadable"
    )]
    Retry {
        /// Numbers in the list.
        ids: Vec<i64>,
        /// Every item of this source.
        #[arg(long, value_name = "NAME", conflicts_with = "ids")]
        source: Option<String>,
        /// Every item with this reason code.
        #[arg(long, value_name = "CODE", conflicts_with = "ids")]
        reason: Option<String>,
    },
}

/// `musubi user …`
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Add an account; prints its password, if none is given, and its second factor.
    #[command(
        after_help = "Example:\n  musubi user add sato --name '佐藤 恵' --facility 1312345678 --role doctor"
    )]
    Add {
        /// Sign-in name.
        login: String,
        /// Name shown on the pages.
        #[arg(long, value_name = "NAME")]
        name: String,
        /// Code of the facility the person works for.
        #[arg(long, value_name = "CODE")]
        facility: String,
        /// doctor, staff or operator.
        #[arg(long, value_name = "ROLE", default_value = "doctor")]
        role: String,
        /// Read the password from standard input instead of making one.
        #[arg(long)]
        password_stdin: bool,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Lock an account for good and end its sessions.
    #[command(after_help = "Example:\n  musubi user disable sato")]
    Disable {
        /// Sign-in name.
        login: String,
    },
    /// Print the one-time code of the present half minute, given the secret of `user add`.
    #[command(after_help = "Example:\n  musubi user code JBSWY3DPEHPK3PXP…")]
    Code {
        /// The secret in base32.
        secret: String,
    },
}

/// `musubi peer …`
#[derive(Debug, Subcommand)]
pub enum PeerCommand {
    /// Add a peer.
    #[command(
        after_help = "Examples:\n  musubi peer add clinic --facility 1312345678 --certificate clinic.pem\n  musubi peer add prefecture --facility 1310000001 --certificate prefecture.pem --roots prefecture-ca.pem --registry https://xds.example.jp/registry --repository https://xds.example.jp/repository --repository-oid 1.2.392.999.7"
    )]
    Add(PeerArguments),
    /// List the peers.
    #[command(after_help = "Example:\n  musubi peer list")]
    List {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Ask a peer for what does not exist, and name the layer that fails.
    #[command(after_help = "Example:\n  musubi peer check prefecture")]
    Check {
        /// Name of the peer.
        name: String,
    },
    /// Refuse a peer from now on, as if it were not known; its settings stay.
    #[command(after_help = "Example:\n  musubi peer disable clinic")]
    Disable {
        /// Name of the peer.
        name: String,
    },
    /// Admit a disabled peer again.
    #[command(after_help = "Example:\n  musubi peer enable clinic")]
    Enable {
        /// Name of the peer.
        name: String,
    },
    /// Forget a peer and its last messages; what it brought stays.
    #[command(after_help = "Example:\n  musubi peer remove clinic")]
    Remove {
        /// Name of the peer.
        name: String,
    },
    /// The last messages of a peer, patient data masked.
    #[command(after_help = "Example:\n  musubi peer messages clinic")]
    Messages {
        /// Name of the peer.
        name: String,
    },
}

/// What `musubi peer add` takes.
#[derive(Debug, Args)]
pub struct PeerArguments {
    /// Name of the new peer; the actor of its audit rows.
    pub name: String,
    /// Code of the facility as whose viewer it sees: what consent opens to that facility.
    #[arg(long, value_name = "CODE")]
    pub facility: String,
    /// PEM file of the certificate that it shows to us; without one it cannot ask.
    #[arg(long, value_name = "FILE")]
    pub certificate: Option<PathBuf>,
    /// PEM file of the authorities that its own server's certificate leads to.
    #[arg(long, value_name = "FILE")]
    pub roots: Option<PathBuf>,
    /// Address of its registry.
    #[arg(long, value_name = "URL")]
    pub registry: Option<String>,
    /// Address of its repository.
    #[arg(long, value_name = "URL")]
    pub repository: Option<String>,
    /// Its repositoryUniqueId.
    #[arg(long, value_name = "OID")]
    pub repository_oid: Option<String>,
    /// OID of its home community.
    #[arg(long, value_name = "OID")]
    pub home: Option<String>,
    /// It may submit documents, which are its facility's from then on, and change those of its
    /// facility.
    #[arg(long)]
    pub may_submit: bool,
    /// It may remove its facility's metadata and documents for good.
    #[arg(long)]
    pub may_remove: bool,
    /// What it may change and remove, it may also where other facilities brought it and consent
    /// lets it see it.
    #[arg(long)]
    pub may_change_all: bool,
    /// It is a gateway of ours: it may submit, and what it says of the origin is believed. Nothing
    /// but its facility's documents is there for it.
    #[arg(long)]
    pub gateway: bool,
}

/// What `musubi region` takes.
#[derive(Debug, Args)]
pub struct RegionArguments {
    /// Directory to make.
    pub directory: PathBuf,
    /// Seed: the same seed writes the same bytes.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Number of people.
    #[arg(long, default_value_t = 40)]
    pub patients: u32,
    /// Give every person about this many entries instead of a natural number.
    #[arg(long)]
    pub entries: Option<u32>,
    /// Last day of the region's history, YYYYMMDD; today if not given.
    #[arg(long, value_name = "DAY")]
    pub reference_day: Option<i64>,
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
