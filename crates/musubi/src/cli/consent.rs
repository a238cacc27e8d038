//! `musubi consent …`: whose data is open to whom.

use clap::{Args, Subcommand};

/// `musubi consent …`
#[derive(Debug, Subcommand)]
pub enum ConsentCommand {
    /// List what a person has said, in force and ended.
    #[command(after_help = "Example:\n  musubi consent list central:0000123456")]
    List {
        /// The person, as SOURCE:PATIENT or a community ID.
        person: String,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Record a consent, or with --deny a refusal, which beats every consent.
    #[command(
        after_help = "Examples:\n  musubi consent add central:0000123456 --viewer 1312345678 --basis 'form 3, 2026-11-22'\n  musubi consent add central:0000123456 --viewer 1312345678 --discloser 1310000001 --kind document --deny --basis 'asked by telephone'"
    )]
    Add(ConsentArguments),
    /// End consents or refusals; from now on they do not count.
    #[command(
        after_help = "Examples:\n  musubi consent end central:0000123456 12\n  musubi consent end central:0000123456 --all"
    )]
    End {
        /// The person, as SOURCE:PATIENT or a community ID.
        person: String,
        /// Numbers in the list.
        #[arg(required_unless_present = "all")]
        ids: Vec<i64>,
        /// Every consent; refusals stay.
        #[arg(long, conflicts_with = "ids")]
        all: bool,
    },
}

/// What `musubi consent add` takes.
#[derive(Debug, Args)]
pub struct ConsentArguments {
    /// The person, as SOURCE:PATIENT or a community ID.
    pub person: String,
    /// Code of the facility whose users may see.
    #[arg(long, value_name = "CODE")]
    pub viewer: String,
    /// Code of the facility whose records they may see; every facility's if not given.
    #[arg(long, value_name = "CODE")]
    pub discloser: Option<String>,
    /// Kinds of records, such as laboratory or document; every kind if not given.
    #[arg(long = "kind", value_name = "KIND", num_args = 1..)]
    pub kinds: Vec<String>,
    /// It is a refusal.
    #[arg(long)]
    pub deny: bool,
    /// First day (Japan), as 2026-11-22; at once if not given.
    #[arg(long, value_name = "DAY")]
    pub from: Option<String>,
    /// Last day (Japan), as 2027-03-31; without end if not given.
    #[arg(long, value_name = "DAY")]
    pub until: Option<String>,
    /// On what it rests: the form and its version, the day.
    #[arg(long, value_name = "TEXT")]
    pub basis: String,
}
