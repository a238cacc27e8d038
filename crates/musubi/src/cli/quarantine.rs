//! `musubi quarantine …`: what could not be read.

use clap::Subcommand;

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
