//! HL7 v2 messages over bytes: bounded parser, spans, escapes, and a builder.
//!
//! The order of operations is the one that Japanese text needs: split into segments on raw bytes,
//! decode each segment, then split by the delimiters that MSH-1 and MSH-2 name. A message is its
//! decoded text and the spans of its segments; fields are found when they are asked for, so a
//! message costs two allocations however many fields it has.
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod build;
pub mod person;

mod escape;
mod field;
mod lines;
mod message;
mod reply;
mod segment;
mod separators;

pub use escape::{escape, unescape};
pub use field::{Component, Field, Repetition, Subcomponent};
pub use message::{Message, ParseError};
pub use reply::{ReplySet, encode_reply};
pub use segment::Segment;
pub use separators::Separators;
