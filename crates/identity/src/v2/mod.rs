//! HL7 v2 over MLLP: what the transactions have in common. Each transaction stands in a file or
//! folder of its own beside this one.

pub(crate) mod answer;
pub(crate) mod domains;
pub(crate) mod fault;
pub(crate) mod header;
mod manager;
pub(crate) mod patient;
pub(crate) mod query;
pub(crate) mod request;
mod settings;

pub use manager::Manager;
pub use settings::{FeedPeer, Settings, fingerprint};
