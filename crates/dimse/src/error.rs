//! What can go wrong with an association.

use crate::{Rejection, Violation};
use net::ClientError;
use thiserror::Error;

/// Why an operation has no result.
#[derive(Debug, Error)]
pub enum DimseError {
    /// No connection.
    #[error("the peer was not reached")]
    Connect(#[from] ClientError),
    /// The peer refused the association (A-ASSOCIATE-RJ, PS3.8 9.3.4).
    #[error("the peer refused the association: {0}")]
    Rejected(Rejection),
    /// The peer ended the association at once (A-ABORT, PS3.8 9.3.8).
    #[error("the peer aborted the association (source {source_code}, reason {reason})")]
    Aborted {
        /// 0 its user, 2 its upper layer.
        source_code: u8,
        /// The reason of its upper layer.
        reason: u8,
    },
    /// The peer wants no more of the association, in the middle of an operation.
    #[error("the peer released the association before it had answered")]
    Released,
    /// The connection was closed without a word.
    #[error("the peer closed the connection")]
    Closed,
    /// The connection broke.
    #[error("the connection broke off")]
    Broken(#[source] std::io::Error),
    /// What came is no DICOM, or passes a limit; the association was aborted.
    #[error("the peer breaks the protocol")]
    Violation(#[from] Violation),
    /// Nothing within the time.
    #[error("{what} took longer than {timeout_ms} ms")]
    Timeout {
        /// Which step.
        what: &'static str,
        /// The limit.
        timeout_ms: u64,
    },
    /// The peer accepted no presentation context that the operation could use.
    #[error("the peer accepted no presentation context for {abstract_syntax} in {transfer_syntax}")]
    NoContext {
        /// The SOP class.
        abstract_syntax: String,
        /// The transfer syntax, or `any`.
        transfer_syntax: String,
    },
    /// An answer to something that was not asked.
    #[error("the peer answered {found:#06x} where {expected:#06x} was due")]
    UnexpectedAnswer {
        /// Command field that was due.
        expected: u16,
        /// Command field that came.
        found: u16,
    },
    /// The data set that was to be sent could not be read.
    #[error("the data set to be sent could not be read")]
    Source(#[source] std::io::Error),
    /// A data set longer than its limit.
    #[error("the {what} has more bytes than the limit of {limit_bytes}")]
    TooLarge {
        /// What it is.
        what: &'static str,
        /// The limit.
        limit_bytes: u64,
    },
    /// An identifier that cannot be read.
    #[error("the {what} cannot be read")]
    Unreadable {
        /// What it is.
        what: &'static str,
        /// What the reader says.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A title, list or data set that cannot be sent.
    #[error("cannot be sent: {0}")]
    Unsendable(String),
}
