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
    /// Make the images of the hospitals' DICOM servers too.
    #[arg(long)]
    pub images: bool,
    /// Of images: so many chest CTs of one server and nothing else, for load.
    #[arg(long, value_name = "STUDIES", requires = "images")]
    pub ct_studies: Option<usize>,
    /// Of images: sections of a CT series.
    #[arg(long, value_name = "COUNT", default_value_t = 20, requires = "images")]
    pub slices: usize,
    /// Of images: columns and rows of a section.
    #[arg(long, value_name = "PIXELS", default_value_t = 256, requires = "images",
          value_parser = clap::value_parser!(u16).range(16..=1024))]
    pub matrix: u16,
}
