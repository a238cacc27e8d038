//! What to make.

use thiserror::Error;

/// The plan of a region. The same plan gives the same bytes, everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RegionPlan {
    /// Seed of everything that varies.
    pub seed: u64,
    /// How many people take part (are on the enrolment lists).
    pub patients: u32,
    /// How many more have records in the storages and take no part.
    pub bystanders: u32,
    /// The day the region is looked at, `YYYYMMDD`; its records end on the day before.
    pub reference_day: i64,
    /// Documents of each person, for load tests; `None` gives an everyday history.
    pub entries_per_patient: Option<u32>,
}

impl RegionPlan {
    /// The region of the demonstration: 40 people and 4 bystanders.
    pub fn new(seed: u64, reference_day: i64) -> RegionPlan {
        RegionPlan { seed, patients: 40, bystanders: 4, reference_day, entries_per_patient: None }
    }

    /// One person with about `entries` documents, spread over every source.
    pub fn heavy(seed: u64, reference_day: i64, entries: u32) -> RegionPlan {
        RegionPlan {
            patients: 1,
            bystanders: 0,
            entries_per_patient: Some(entries),
            ..RegionPlan::new(seed, reference_day)
        }
    }
}

/// Why a region could not be made or written.
#[derive(Debug, Error)]
pub enum RegionError {
    /// The reference day is no day.
    #[error("reference day {0} is no day: write it as YYYYMMDD")]
    ReferenceDay(i64),
    /// No item of the kind that a later event needs.
    #[error("source {source_name} has no current laboratory result of an enrolled person")]
    NothingToChange {
        /// The source.
        source_name: String,
    },
    /// A source of that name is not part of the region.
    #[error("no source named {0} in this region")]
    UnknownSource(String),
    /// A text that the hospital's character set cannot carry.
    #[error("a message cannot be written in its hospital's character set")]
    Unmappable(#[from] text::Unmappable),
    /// No study that a later event could happen to.
    #[error("server {server} has no study of an enrolled person that was not changed yet")]
    NoStudyToChange {
        /// The server.
        server: String,
    },
    /// A picture that JPEG cannot hold.
    #[error("a picture cannot be compressed: make it smaller")]
    Jpeg(#[from] jpeg_encoder::EncodingError),
    /// A DICOM object that cannot be written.
    #[error("a DICOM object cannot be written")]
    Dicom(#[from] dicomfile::WriteError),
    /// The truth or the list of sources could not be written as JSON.
    #[error("the truth cannot be written as JSON")]
    Json(#[from] serde_json::Error),
    /// Writing failed.
    #[error("writing {path}")]
    Io {
        /// The path.
        path: String,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
}
