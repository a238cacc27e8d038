//! What was answered to messages that were applied, for senders that repeat them.

use crate::{StoreError, Tx};
use model::Timestamp;

statements! {
    PUT = "message_receipt/put",
    FIND = "message_receipt/find",
    TRIM = "message_receipt/trim",
}

/// A message as its sender names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// Who sent it.
    pub sender: String,
    /// MSH-10.
    pub control_id: String,
    /// SHA-256 of its bytes.
    pub sha256: Vec<u8>,
}

/// The answer to the same bytes under the same control ID, if they were applied before.
pub fn find(tx: &mut Tx, received: &Received) -> Result<Option<Vec<u8>>, StoreError> {
    let key = params![&received.sender, &received.control_id, received.sha256.as_slice()];
    tx.query_opt(&FIND, key, |row| row.bytes(0))
}

/// Keeps an answer; the sender's oldest beyond `kept` go.
pub fn put(
    tx: &mut Tx,
    received: &Received,
    answer: &[u8],
    now: Timestamp,
    kept: i64,
) -> Result<(), StoreError> {
    let (sender, sha256) = (received.sender.as_str(), received.sha256.as_slice());
    tx.execute(&PUT, params![sender, &received.control_id, sha256, answer, now])?;
    tx.execute(&TRIM, params![sender, kept]).map(drop)
}
