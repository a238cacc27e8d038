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
    /// Compare two records field by field, with the weights by which linkage decides.
    #[command(
        after_help = "Example:\n  musubi identity explain central:0000123456 prefectural:77-0098"
    )]
    Explain {
        /// A record, as SOURCE:PATIENT.
        one: String,
        /// The other record, as SOURCE:PATIENT.
        other: String,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Pairs of records that no machine decides: list, look, answer, take the answer back.
    #[command(subcommand)]
    Review(ReviewCommand),
    /// Make keys and evidence of linkage again where older rules made them, or none; the server may
    /// run, and a stopped run goes on.
    #[command(after_help = "Example:\n  musubi identity rebuild")]
    Rebuild,
    /// The weights that decide, and those that were estimated of the region's own records.
    #[command(
        after_help = "Examples:\n  musubi identity model\n  musubi identity model --estimate"
    )]
    Model {
        /// Estimate now instead of waiting for the night.
        #[arg(long)]
        estimate: bool,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Take back that a source merged two of its patient IDs (A40).
    #[command(
        after_help = "Example:\n  musubi identity unmerge central:0000123456 --reason 'merged by mistake, says the hospital'"
    )]
    Unmerge {
        /// The record whose ID names nobody any more, as SOURCE:PATIENT.
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

/// `musubi identity review …`
#[derive(Debug, Subcommand)]
pub enum ReviewCommand {
    /// What waits: alarms first, then by evidence.
    #[command(after_help = "Example:\n  musubi identity review list")]
    List {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// One review field by field, and who would stand where afterwards.
    #[command(after_help = "Example:\n  musubi identity review show 17")]
    Show {
        /// Number of the review.
        review: i64,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// They are one human: both persons become one.
    #[command(
        after_help = "Example:\n  musubi identity review same 17 --note 'both cards shown at the desk'"
    )]
    Same {
        /// Number of the review.
        review: i64,
        /// On what this rests; kept with the decision.
        #[arg(long, value_name = "TEXT")]
        note: String,
    },
    /// They are two: no machine links them again.
    #[command(
        after_help = "Example:\n  musubi identity review not-same 17 --note 'father and son'"
    )]
    NotSame {
        /// Number of the review.
        review: i64,
        /// On what this rests; kept with the decision.
        #[arg(long, value_name = "TEXT")]
        note: String,
    },
    /// Not now: to the end of the list.
    #[command(
        after_help = "Example:\n  musubi identity review later 17 --note 'the hospital calls back'"
    )]
    Later {
        /// Number of the review.
        review: i64,
        /// Why; kept with the decision.
        #[arg(long, value_name = "TEXT", default_value = "")]
        note: String,
    },
    /// Take a decision back: the review waits again.
    #[command(after_help = "Example:\n  musubi identity review undo 5")]
    Undo {
        /// Number of the decision.
        decision: i64,
    },
}
