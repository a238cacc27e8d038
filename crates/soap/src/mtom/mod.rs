//! MTOM and XOP: an envelope and its documents in one multipart message.
//!
//! Bytes go in and out in pieces; no document is ever held whole. [`Splitter`] is the parser, pure
//! and without waiting; [`Parts`] reads a message that is still arriving, part by part.

mod decode;
mod error;
mod out;
mod parts;
mod splitter;
mod xop;

pub(crate) use decode::inline as decoder_of_text;
pub use error::MtomError;
pub(crate) use error::shown;
pub(crate) use out::{frame, inline};
pub use parts::{BodyStream, Part, Parts};
pub(crate) use parts::{discard, discard_at_most, next_within};
pub use splitter::{Event, PartHead, Splitter};
pub(crate) use xop::normal_id;
pub use xop::{include, part_of};
