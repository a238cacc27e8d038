//! `musubi source …`: the systems of a facility that give data.

use clap::{Args, Subcommand};
use std::path::PathBuf;

/// `musubi source …`
#[derive(Debug, Subcommand)]
pub enum SourceCommand {
    /// Add a source.
    #[command(
        after_help = "Examples:\n  musubi source add central --facility 1310000001 --kind ssmix2 --root /mnt/central/std --extended-root /mnt/central/ext --domain 1.2.392.100495.20.3.51.11310000001\n  musubi source add central-pacs --facility 1310000001 --kind dicom --ae-title CENTRALPACS --host 192.0.2.7 --port 104 --domain 1.2.392.100495.20.3.51.11310000001.2"
    )]
    Add(Box<SourceArguments>),
    /// Change a source; what is not given stays. The running server takes it over by itself.
    #[command(
        after_help = "Examples:\n  musubi source set central --allowed-hours 22:00-06:00 --maximum-rate 50\n  musubi source set central --extended-transaction-root /mnt/central/ext-tr\n  musubi source set central --feed suspends\n  musubi source set central --restrict 'departments=02*;types=OMP;reason=psychiatry'"
    )]
    Set(Box<SourceChangeArguments>),
    /// Show the settings and roots of a source.
    #[command(after_help = "Example:\n  musubi source show central")]
    Show {
        /// Name of the source.
        name: String,
    },
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
    #[arg(long, value_name = "KIND", value_parser = ["ssmix2", "dicom"])]
    pub kind: String,
    /// Roots of the standardized storage: the volumes of one system.
    #[arg(long = "root", value_name = "DIR", num_args = 1.., required_if_eq("kind", "ssmix2"))]
    pub roots: Vec<PathBuf>,
    /// Roots of the extended storage.
    #[arg(long = "extended-root", value_name = "DIR", num_args = 1..)]
    pub extended_roots: Vec<PathBuf>,
    /// Roots of the transaction storage; without one, following compares directories.
    #[arg(long = "transaction-root", value_name = "DIR", num_args = 1..)]
    pub transaction_roots: Vec<PathBuf>,
    /// Roots of the transaction storage of the extended storage; without one, the extended roots
    /// are compared every ten minutes, or as `source set` says.
    #[arg(long = "extended-transaction-root", value_name = "DIR", num_args = 1..)]
    pub extended_transaction_roots: Vec<PathBuf>,
    /// OID of its patient-ID domain; two sources share one only if they share their numbering.
    #[arg(long, value_name = "OID")]
    pub domain: String,
    /// Hours (Japan) in which it may be read, such as 22:00-06:00; always if not given.
    #[arg(long, value_name = "FROM-TO", num_args = 1..)]
    pub allowed_hours: Vec<String>,
    /// Most files (of a DICOM server: instances) a second; 0 is no bound.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub maximum_rate: u32,
    /// Files read at the same time, or associations; 0 is two files, four associations.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub parallelism: u32,
    /// Where a DICOM server is and how images are fetched from it.
    #[command(flatten)]
    pub dicom: DicomArguments,
    /// Nobody writes it any more (the old storage after a change of vendor): it is read for newly
    /// enrolled patients and never raises a freshness alarm.
    #[arg(long)]
    pub frozen: bool,
}

/// What `musubi source add` and `set` take of a DICOM server.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct DicomArguments {
    /// AE title of the DICOM server.
    #[arg(long, value_name = "TITLE")]
    pub ae_title: Option<String>,
    /// AE title by which the DICOM server knows us, where it is not the configured one.
    #[arg(long, value_name = "TITLE")]
    pub our_ae_title: Option<String>,
    /// Host name or address of the DICOM server.
    #[arg(long, value_name = "HOST")]
    pub host: Option<String>,
    /// Port of the DICOM server.
    #[arg(long, value_name = "PORT")]
    pub port: Option<u16>,
    /// Whether the DICOM server is spoken to by TLS.
    #[arg(long, value_name = "true|false", num_args = 0..=1, default_missing_value = "true")]
    pub tls: Option<bool>,
    /// How images are fetched: C-GET where it is offered, else C-MOVE (`auto`), or one of both.
    #[arg(long, value_name = "WAY", value_parser = ["auto", "get", "move"])]
    pub retrieval: Option<String>,
    /// Whether images come only when somebody asks for them; studies are listed all the same.
    #[arg(long, value_name = "true|false")]
    pub only_when_asked: Option<bool>,
    /// Studies that are not fetched unless asked for, as
    /// modalities=US,OT;description=CD*;institution-not=NAME*;reason=WHY; repeated for several
    /// rules, which replace those of before. Without rules everything is fetched.
    #[arg(long, value_name = "RULE", conflicts_with = "leave_out_nothing")]
    pub leave_out: Vec<String>,
    /// No rules any more: everything is fetched.
    #[arg(long)]
    pub leave_out_nothing: bool,
    /// How many answers of one C-FIND the server gives at most; 0 where no such number is known.
    #[arg(long, value_name = "N")]
    pub maximum_answers: Option<u32>,
    /// How many instances one C-GET or C-MOVE brings at most; 0 where no such number is known.
    #[arg(long, value_name = "N")]
    pub maximum_instances: Option<u32>,
    /// Studies of so many days back are compared image by image each night.
    #[arg(long, value_name = "DAYS")]
    pub correction_days: Option<u32>,
}

/// What `musubi source set` takes.
#[derive(Debug, Args)]
pub struct SourceChangeArguments {
    /// Name of the source.
    pub name: String,
    /// Hours (Japan) in which it may be read, such as 22:00-06:00.
    #[arg(long, value_name = "FROM-TO", num_args = 1.., conflicts_with = "any_hour")]
    pub allowed_hours: Vec<String>,
    /// It may be read at any hour.
    #[arg(long)]
    pub any_hour: bool,
    /// Most files a second; 0 is no bound.
    #[arg(long, value_name = "N")]
    pub maximum_rate: Option<u32>,
    /// Files read at the same time.
    #[arg(long, value_name = "N")]
    pub parallelism: Option<u32>,
    /// Seconds between two looks at the transaction storage or, without one, at everything.
    #[arg(long, value_name = "SECONDS")]
    pub follow_interval: Option<u32>,
    /// Seconds between two comparisons of the extended roots, where no transaction storage tells
    /// of them.
    #[arg(long, value_name = "SECONDS")]
    pub extended_interval: Option<u32>,
    /// Seconds between two comparisons of everything, beside a transaction storage.
    #[arg(long, value_name = "SECONDS")]
    pub reconcile_interval: Option<u32>,
    /// Whether nobody writes it any more.
    #[arg(long, value_name = "true|false")]
    pub frozen: Option<bool>,
    /// What becomes of patients of whom a feed (or basic data in the storage) tells first: they
    /// are only kept, enrolled and suspended, or enrolled; `sender` leaves it to each sender's
    /// own setting.
    #[arg(long, value_name = "WORD", value_parser = ["keeps", "suspends", "enrols", "sender"])]
    pub feed: Option<String>,
    /// Minutes after which pages say that its last complete reading is old, such as 1500 for a
    /// storage that is read at night; 0 for the age that is common to all (`musubi limits`).
    #[arg(long, value_name = "MINUTES")]
    pub read_age: Option<u32>,
    /// Documents from now on marked restricted, as departments=02*,03;types=OMP;reason=WHY;
    /// repeated for several rules, which replace those of before.
    #[arg(long, value_name = "RULE", conflicts_with = "no_restrictions")]
    pub restrict: Vec<String>,
    /// No rules of its own any more.
    #[arg(long)]
    pub no_restrictions: bool,
    /// Where a DICOM server is and how images are fetched from it.
    #[command(flatten)]
    pub dicom: DicomArguments,
    /// Roots of the standardized storage, in the place of those of before.
    #[arg(long = "root", value_name = "DIR", num_args = 1..)]
    pub roots: Vec<PathBuf>,
    /// Roots of the extended storage, in the place of those of before.
    #[arg(long = "extended-root", value_name = "DIR", num_args = 1..)]
    pub extended_roots: Vec<PathBuf>,
    /// Roots of the transaction storage, in the place of those of before.
    #[arg(long = "transaction-root", value_name = "DIR", num_args = 1.., conflicts_with = "no_transaction_roots")]
    pub transaction_roots: Vec<PathBuf>,
    /// Roots of the extended storage's transaction storage, in the place of those of before.
    #[arg(long = "extended-transaction-root", value_name = "DIR", num_args = 1.., conflicts_with = "no_transaction_roots")]
    pub extended_transaction_roots: Vec<PathBuf>,
    /// It has no transaction storages: following compares directories.
    #[arg(long)]
    pub no_transaction_roots: bool,
}
