//! `musubi region`: how large a synthetic region, by which seed.

use clap::Args;
use std::path::PathBuf;

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
