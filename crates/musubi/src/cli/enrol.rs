//! `musubi enrol`, `suspend`, `resume` and `withdraw`: which patients, for whom.

use clap::Args;
use std::path::PathBuf;

/// What `musubi enrol` takes.
#[derive(Debug, Args)]
pub struct EnrolArguments {
    /// Name of the source whose patients these are.
    #[arg(long, value_name = "NAME")]
    pub source: String,
    /// Patient IDs in the source's domain.
    #[arg(long = "patient", value_name = "ID", num_args = 1.., required_unless_present_any = ["all", "list"], conflicts_with_all = ["all", "list"])]
    pub patients: Vec<String>,
    /// Every patient who has a folder in the source, but for those who have withdrawn.
    #[arg(long, conflicts_with = "list")]
    pub all: bool,
    /// A CSV file with the columns patient_id and same_as.
    #[arg(long, value_name = "FILE")]
    pub list: Option<PathBuf>,
    /// The person this patient is, as SOURCE:PATIENT or a community ID; a new person if not given.
    #[arg(long, value_name = "PERSON", conflicts_with_all = ["all", "list"])]
    pub same_as: Option<String>,
    /// Enrol as the same person although known birth dates or sexes contradict each other.
    #[arg(long)]
    pub despite_differences: bool,
    /// Codes of the facilities whose users may see them; if not given the configured ones, but
    /// for those to which a patient has ended consent.
    #[arg(long = "viewer", value_name = "CODE", num_args = 1..)]
    pub viewers: Vec<String>,
    /// Print JSON: each patient with its community ID.
    #[arg(long)]
    pub json: bool,
}

/// What `musubi suspend` and `musubi resume` take.
#[derive(Debug, Args)]
pub struct SuspendArguments {
    /// Name of the source whose patients these are.
    #[arg(long, value_name = "NAME")]
    pub source: String,
    /// Patient IDs in the source's domain.
    #[arg(long = "patient", value_name = "ID", num_args = 1.., required = true)]
    pub patients: Vec<String>,
    /// On what it rests: the form, the day; kept with the event.
    #[arg(long, value_name = "TEXT")]
    pub basis: String,
}

/// What `musubi withdraw` takes.
#[derive(Debug, Args)]
pub struct WithdrawArguments {
    /// Name of the source whose patients these are.
    #[arg(long, value_name = "NAME")]
    pub source: String,
    /// Patient IDs in the source's domain.
    #[arg(long = "patient", value_name = "ID", num_args = 1.., required = true)]
    pub patients: Vec<String>,
    /// On what it rests: the form, the day; kept with the event.
    #[arg(long, value_name = "TEXT")]
    pub basis: String,
}
