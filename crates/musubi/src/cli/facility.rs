//! `musubi facility …`: hospitals that give data, clinics that see it.

use clap::Subcommand;

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
