//! ITI-10, PIX Update Notification: configured consumers are told of every change of association
//! (ITI TF-2 3.10).
//!
//! What is to be told is queued in the transaction of the change, one job for each consumer and
//! person: changes that come faster than they are told become one message, which carries the
//! whole list as it is when it is sent.

mod check;
mod delivery;
mod message;

pub use check::CheckError;
pub use delivery::{Consumer, Notifier};

use model::Timestamp;
use store::{StoreError, Tx, job, notification_consumer};

/// Kind of the jobs of a consumer.
fn job_kind(consumer: &str) -> String {
    format!("iti-10:{consumer}")
}

/// The associations of these persons changed.
pub(crate) fn note(tx: &mut Tx, persons: &[i64], now: Timestamp) -> Result<(), StoreError> {
    for consumer in notification_consumer::names(tx)? {
        for person_id in persons {
            job::enqueue(tx, &job_kind(&consumer), &person_id.to_string(), "{}", now)?;
        }
    }
    Ok(())
}
