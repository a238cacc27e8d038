//! What was taken from a source, when, for whom.

use crate::error::GatewayError;
use crate::gateway::Gateway;
use crate::source::Source;
use store::StoreError;
use store::intake::{self, PullRow};
use store::source::{self as rows, FreshnessRow, ReportRow, StateRow};

/// Pulls shown in a report.
const PULLS_MAX: u32 = 20;

/// The report on a source, for the hospital and the centre.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceReport {
    /// The source.
    pub source: Source,
    /// Up or down, since when and why.
    pub state: Option<StateRow>,
    /// The newest data of each category.
    pub freshness: Vec<FreshnessRow>,
    /// The newest pulls, newest first.
    pub pulls: Vec<PullRow>,
    /// Items in quarantine by reason.
    pub quarantine: Vec<(String, i64)>,
    /// Stored versions by patient and data type, with the first and last time of taking.
    pub taken: Vec<ReportRow>,
}

impl Gateway {
    /// What was taken from a source, when, for whom.
    ///
    /// # Errors
    /// [`GatewayError::NoSource`].
    pub async fn source_report(&self, name: &str) -> Result<SourceReport, GatewayError> {
        let source = self.source(name).await?;
        let report = self.store().read(move |tx| -> Result<SourceReport, StoreError> {
            let mut taken = Vec::new();
            rows::report(tx, source.id, |row| taken.push(row))?;
            Ok(SourceReport {
                state: rows::state(tx, source.id)?,
                freshness: rows::freshness(tx, source.id)?,
                pulls: intake::recent_pulls(tx, source.id, PULLS_MAX)?,
                quarantine: intake::quarantine_counts(tx, Some(source.id))?,
                taken,
                source: source.clone(),
            })
        });
        Ok(report.await?)
    }
}
