//! `musubi domain …`: patient-ID domains and their numbers.

use clap::{Args, Subcommand};
use model::{CheckDigit, NumberRule};

/// `musubi domain …`
#[derive(Debug, Subcommand)]
pub enum DomainCommand {
    /// List the domains with their formats, and the rules by which one's numbers give another's.
    #[command(after_help = "Example:\n  musubi domain list")]
    List {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Say how a domain writes its numbers; what is not given stays. The running server takes it
    /// over by itself.
    #[command(
        after_help = "Examples:\n  musubi domain set 1.2.392.100495.20.3.51.11310000001 --name 'Central EHR' --digits 10 --pad --check-digit M10\n  musubi domain set 1.2.392.100495.20.3.51.11310000001 --digits 0 --no-pad --check-digit none"
    )]
    Set(DomainArguments),
    /// Say how the number of one server of a hospital gives that of another (EHR and PACS). It is
    /// evidence: two patients become one person only where name, birth date and sex agree too.
    #[command(
        after_help = "Examples:\n  musubi domain map --from 1.2.392.9.101 --to 1.2.392.9.102 --rule strip-zeros\n  musubi domain map --from 1.2.392.9.101 --to 1.2.392.9.102 --rule pad:10"
    )]
    Map {
        /// OID of the domain whose number the rule takes.
        #[arg(long, value_name = "OID")]
        from: String,
        /// OID of the domain whose number it gives.
        #[arg(long, value_name = "OID")]
        to: String,
        /// same, pad:DIGITS, strip-zeros, add-prefix:TEXT or drop-prefix:TEXT.
        #[arg(long)]
        rule: NumberRule,
    },
    /// Take such a rule away; links that rest on it stay.
    #[command(
        after_help = "Example:\n  musubi domain unmap --from 1.2.392.9.101 --to 1.2.392.9.102"
    )]
    Unmap {
        /// OID of the domain whose number the rule takes.
        #[arg(long, value_name = "OID")]
        from: String,
        /// OID of the domain whose number it gives.
        #[arg(long, value_name = "OID")]
        to: String,
    },
}

/// What `musubi domain set` takes.
#[derive(Debug, Args)]
pub struct DomainArguments {
    /// OID of the domain; a new one is made.
    pub oid: String,
    /// Its name on screen.
    #[arg(long, value_name = "TEXT")]
    pub name: Option<String>,
    /// How many digits its numbers have; 0 for IDs of any length and of any characters.
    #[arg(long, value_name = "N")]
    pub digits: Option<u8>,
    /// A shorter number is the same as that with zeros before it.
    #[arg(long, conflicts_with = "no_pad")]
    pub pad: bool,
    /// A shorter number is none of this domain.
    #[arg(long)]
    pub no_pad: bool,
    /// What the last digit says: M10, M11 (HL7 table 0061) or none.
    #[arg(long, value_name = "RULE")]
    pub check_digit: Option<CheckDigit>,
}
