//! Traits by which roles meet. A role never uses another role's crate; the binary wires them.

pub mod document_sink;
pub mod identity_feed;

pub use document_sink::{DocumentSink, Outcome, Receipt, SinkError, StateChange, Submission};
pub use identity_feed::{DemographicsUpdate, FeedError, IdentityFeed};
