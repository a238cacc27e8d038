//! ITI-10, PIX Update Notification: configured consumers are told of every change of association
//! (ITI TF-2 3.10). The queue is [`crate::notification`].

mod check;
mod delivery;
mod message;

pub(crate) use crate::notification::note;
pub use check::CheckError;
pub use delivery::{Consumer, Notifier};
