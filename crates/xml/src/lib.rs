//! Bounded XML, in and out: quick-xml and roxmltree wrapped once, with budgets before anything
//! is built.
//!
//! [`Document`] is a tree to walk, [`outline`] a flat list for rendering, [`Writer`] the way
//! out. Depth, attributes, namespaces, nodes and text have limits in [`model::limits`]. A
//! document type declaration is refused, so there is no entity to expand. The outline is for
//! documents as hospitals write them: references to unknown entities stay as they are written,
//! and decoding is the caller's ([`declared_encoding`]). A [`Document`] is for messages: UTF-8,
//! namespaces resolved, anything unclear refused.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod budget;
mod document;
mod encoding;
mod error;
mod escape;
mod outline;
mod writer;

pub use document::{Document, Element};
pub use encoding::declared_encoding;
pub use error::XmlError;
pub use escape::escape;
pub use outline::{OutlineLine, outline};
pub use writer::Writer;
