//! How far a pass has come, for a bar on the command line.

use std::sync::Arc;
use store::intake::PullCounts;

/// How far a pass has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Enrolled patients to look at.
    pub patients: u64,
    /// Patients whose folders were listed.
    pub patients_listed: u64,
    /// Items listed, taken, unchanged, quarantined.
    pub counts: PullCounts,
    /// Batches written.
    pub(crate) batches: u64,
}

/// Is told how far a pass has come, from time to time.
pub type ProgressFn = Arc<dyn Fn(&Progress) + Send + Sync>;
