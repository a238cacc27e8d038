//! What can stop the gateway. A single unreadable item never does: it goes to quarantine.

use store::StoreError;
use thiserror::Error;

/// An error of the gateway.
#[derive(Debug, Error)]
pub enum GatewayError {
    /// No source of that name.
    #[error("no source is named `{0}`; `musubi source list` shows those that exist")]
    NoSource(String),
    /// No facility of that code.
    #[error("no facility has the code `{0}`; add it with `musubi facility add {0} NAME`")]
    NoFacility(String),
    /// The name is taken.
    #[error("{what} `{name}` exists already; choose another name")]
    Exists {
        /// What has the name.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// Something about a facility or source that is to be added is wrong.
    #[error("{what} `{value}`: {problem}")]
    Invalid {
        /// Which part.
        what: &'static str,
        /// What was given.
        value: String,
        /// What is wrong and how it should be.
        problem: String,
    },
    /// The settings of a source do not read.
    #[error("settings of source `{source_name}` do not read; correct the key that is named")]
    Settings {
        /// The source.
        source_name: String,
        /// What the reader says.
        #[source]
        error: serde_json::Error,
    },
    /// The code lists or mapping rules do not read.
    #[error("code lists: {place}: {problem}")]
    Codes {
        /// Which file.
        place: String,
        /// What is wrong.
        problem: String,
    },
    /// The source cannot be read as a whole; it is marked down and nothing is deleted.
    #[error("source `{source_name}` is down: {reason}")]
    Down {
        /// The source.
        source_name: String,
        /// Which root and why.
        reason: String,
    },
    /// An operator paused the source.
    #[error("source `{0}` is paused; let it go on with `musubi source resume {0}`")]
    Paused(String),
    /// It is not an hour at which the source may be read.
    #[error("source `{source_name}` may be read only at {hours} (Japan's time)")]
    OutsideHours {
        /// The source.
        source_name: String,
        /// The allowed spans.
        hours: String,
    },
    /// Another process pulls the source just now.
    #[error("source `{0}` is being pulled by another process; wait until it has finished")]
    Busy(String),
    /// The lease went to another process while this one worked.
    #[error(
        "the lease on source `{0}` was lost to another process; this pull stopped, the other goes on"
    )]
    LeaseLost(String),
    /// Too little free disk.
    #[error(
        "only {free_bytes} bytes are free at {place}; intake stops below {threshold_bytes}: free \
         some space, then pull again (reading goes on)"
    )]
    DiskFull {
        /// The directory that was looked at.
        place: String,
        /// Free bytes there.
        free_bytes: u64,
        /// The threshold (`disk_free_bytes`).
        threshold_bytes: u64,
    },
    /// Images are not wired in this process.
    #[error("source `{0}` is a DICOM server, and this process takes no images in")]
    NoImages(String),
    /// The archive refused the images of one study.
    #[error("the images of a study were refused")]
    StudyRefused(#[source] ports::InstanceError),
    /// The centre does not take submissions now.
    #[error(
        "the centre does not take documents now; what was read so far is safe, pull again later"
    )]
    CentreUnavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// No item of that number in quarantine.
    #[error("nothing in quarantine has the number {0}; `musubi quarantine list` shows what waits")]
    NoQuarantine(i64),
    /// The bytes of a quarantined item cannot be shown.
    #[error("the bytes of quarantined item {id} cannot be read from the source: {reason}")]
    NoBytes {
        /// The item.
        id: i64,
        /// Why.
        reason: String,
    },
    /// The work was asked to stop.
    #[error("stopped; what was read so far is safe, the next pull goes on from there")]
    Stopped,
    /// A thread of the pipeline could not be started or ended without an answer.
    #[error("a reading thread of the pull ended early: {0}")]
    Thread(String),
    /// The store failed.
    #[error("the database failed")]
    Store(#[from] StoreError),
}
