//! What can go wrong with a connection.

use model::limits::{MLLP_FRAME_BYTES, MLLP_NOISE_BYTES};
use net::ClientError;
use thiserror::Error;

/// Bytes from which no message will come any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum FrameError {
    /// A message of more bytes than [`MLLP_FRAME_BYTES`].
    #[error("a message has more bytes than the limit of {MLLP_FRAME_BYTES}")]
    TooLarge,
    /// More than [`MLLP_NOISE_BYTES`] without the beginning of a message.
    #[error("{MLLP_NOISE_BYTES} bytes without a start of block (0x0B): is this MLLP?")]
    Noise,
}

/// Why a message that was sent has no answer.
#[derive(Debug, Error)]
pub enum MllpError {
    /// No connection.
    #[error("the peer was not reached")]
    Connect(#[from] ClientError),
    /// The connection broke.
    #[error("the connection broke off")]
    Broken(#[from] std::io::Error),
    /// The peer closed without an answer.
    #[error("the peer closed the connection without an answer")]
    Closed,
    /// What came was no MLLP.
    #[error("the answer cannot be read")]
    Frame(#[from] FrameError),
    /// Nothing within the time.
    #[error("no answer within {timeout_ms} ms")]
    Timeout {
        /// The limit.
        timeout_ms: u64,
    },
}
