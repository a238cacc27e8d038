//! `musubi peer …`: other systems that speak XDS with this centre.

use clap::{Args, Subcommand};
use std::path::PathBuf;

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
    /// Ask a peer for what does not exist (XDS), or a consumer of [mllp] for an acknowledgement, and
    /// name the layer that fails.
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
