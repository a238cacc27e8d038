//! `musubi identity …`: which records are of one human.

use clap::Subcommand;

/// `musubi identity …`
#[derive(Debug, Subcommand)]
pub enum IdentityCommand {
    /// Show a person with its records, and where these contradict each other.
    #[command(
        after_help = "Examples:\n  musubi identity show central:0000123456\n  musubi identity show 0000-0012-348"
    )]
    Show {
        /// The person, as SOURCE:PATIENT or a community ID.
        person: String,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Say that a record is of a person known otherwise; an event that `split` takes back.
    #[command(
        after_help = "Example:\n  musubi identity link prefectural:77-0098 --same-as central:0000123456 --reason 'both cards shown at the desk'"
    )]
    Link {
        /// The record to move, as SOURCE:PATIENT.
        record: String,
        /// The person it is, as SOURCE:PATIENT or a community ID.
        #[arg(long, value_name = "PERSON")]
        same_as: String,
        /// On what this rests; kept with the event.
        #[arg(long, value_name = "TEXT")]
        reason: String,
        /// Link although known birth dates or sexes contradict each other.
        #[arg(long)]
        despite_differences: bool,
    },
    /// Say that a record is of somebody else than the rest of its person: its last link is taken
    /// back, or it gets a person of its own. The pages part at once.
    #[command(
        after_help = "Example:\n  musubi identity split prefectural:77-0098 --reason 'homonym, other birth date'"
    )]
    Split {
        /// The record to move, as SOURCE:PATIENT.
        record: String,
        /// On what this rests; kept with the event.
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// What was done to the records of a person: when, by whom, on what grounds.
    #[command(after_help = "Example:\n  musubi identity history central:0000123456")]
    History {
        /// The person, as SOURCE:PATIENT or a community ID.
        person: String,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}
