//! Bounded XML reader: quick-xml wrapped once, with budgets before anything is built.
//!
//! Depth, attributes, namespaces, nodes and text have limits in [`model::limits`]. A document
//! type declaration is refused, so there is no entity to expand; references to unknown entities
//! stay as they are written. Input is text: the declared encoding of received bytes is evidence
//! only ([`declared_encoding`]), decoding them is the caller's.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod encoding;
mod error;
mod escape;
mod outline;

pub use encoding::declared_encoding;
pub use error::XmlError;
pub use escape::escape;
pub use outline::{OutlineLine, outline};
