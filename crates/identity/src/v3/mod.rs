//! HL7 v3 over SOAP: what the transactions have in common. Each transaction stands in a file of
//! its own beside this folder, and does what its sibling of HL7 v2 does.

mod manager;
pub(crate) mod refusal;
pub(crate) mod sending;
mod settings;

pub use manager::Manager;
pub use sending::Device;
pub use settings::{Peer, Seen, V3Settings};
