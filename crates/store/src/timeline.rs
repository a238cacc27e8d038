//! Lines of the timeline: one for each current document.

use crate::fact::UNKNOWN_TIME_US;
use crate::{StoreError, Tx};
use model::entry::{Abnormal, TimelineEntry};
use model::{PartialTime, Timestamp};

/// A line with what its document says of it.
#[derive(Debug, Clone, Copy)]
pub struct Line<'a> {
    /// The identity of its document.
    pub identity_id: i64,
    /// Its document.
    pub document_id: i64,
    /// The source of its document.
    pub source_id: Option<i64>,
    /// When: serviceStartTime of the document.
    pub at: Option<&'a PartialTime>,
    /// What it shows.
    pub entry: &'a TimelineEntry,
    /// SHA-256 of the document's bytes: equal bytes are shown once.
    pub sha256: &'a [u8],
    /// When the document was registered.
    pub taken: Timestamp,
}

/// Inserts the line of a document.
pub fn insert(tx: &mut Tx, line: &Line<'_>) -> Result<(), StoreError> {
    let entry = line.entry;
    let until = entry.until.as_ref();
    let parameters = params![
        line.identity_id,
        line.at.map_or(UNKNOWN_TIME_US, |at| at.first.0),
        line.document_id,
        line.at.map_or(0, PartialTime::jst_day),
        line.source_id,
        entry.category.name(),
        &entry.label,
        entry.item_count,
        abnormal_number(entry.abnormal),
        &entry.department,
        entry.inpatient,
        until.map(|until| until.first),
        until.map(PartialTime::jst_day),
        content_key(line.sha256),
        line.taken,
    ];
    tx.execute(&INSERT, parameters).map(drop)
}

/// Removes the line of a document.
pub fn delete_of_document(tx: &mut Tx, document_id: i64) -> Result<(), StoreError> {
    tx.execute(&DELETE_OF_DOCUMENT, params![document_id]).map(drop)
}

/// The number of a flag in `timeline_entry.abnormal`; numbers stay what they were.
pub fn abnormal_number(abnormal: Abnormal) -> i64 {
    match abnormal {
        Abnormal::None => 0,
        Abnormal::Abnormal => 1,
        Abnormal::Low => 2,
        Abnormal::High => 3,
        Abnormal::VeryLow => 4,
        Abnormal::VeryHigh => 5,
        Abnormal::VeryAbnormal => 6,
    }
}

/// The first eight bytes of a SHA-256 as an integer.
pub fn content_key(sha256: &[u8]) -> i64 {
    sha256.iter().take(8).fold(0_i64, |key, byte| (key << 8) | i64::from(*byte))
}

crate::statements! {
    INSERT = "timeline/insert",
    DELETE_OF_DOCUMENT = "timeline/delete_of_document",
}
