//! Why a frame cannot be shown.

use model::limits::{RENDER_EXPANSION, RENDER_FRAME_PIXELS};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Why there is a placeholder in place of a frame. The text is drawn into it.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize, Deserialize)]
pub enum Reason {
    /// The object holds no pixel data: a report, a presentation state, a document.
    #[error("no pixel data")]
    NoPixelData,
    /// Nobody here decodes this transfer syntax.
    #[error("transfer syntax {uid} is not supported")]
    TransferSyntax {
        /// Its UID.
        uid: String,
    },
    /// An attribute of the image says something that nobody here can show.
    #[error("{attribute} {value} is not supported")]
    Attribute {
        /// The attribute's keyword.
        attribute: String,
        /// Its value.
        value: String,
    },
    /// An attribute without which no image can be shown is missing or empty.
    #[error("{attribute} is missing")]
    Missing {
        /// The attribute's keyword.
        attribute: String,
    },
    /// The frame has fewer bytes than its attributes ask for.
    #[error("cut short: {found} of {expected} bytes")]
    Truncated {
        /// Bytes that the attributes ask for.
        expected: u64,
        /// Bytes that are there.
        found: u64,
    },
    /// The compressed frame says another size of itself than the object.
    #[error("compressed as {coded}, described as {described}")]
    Differs {
        /// Columns x rows x samples of the compressed frame.
        coded: String,
        /// Those of the object.
        described: String,
    },
    /// The frame has more pixels than [`RENDER_FRAME_PIXELS`].
    #[error("{pixels} pixels, the limit is {RENDER_FRAME_PIXELS}")]
    TooLarge {
        /// Its pixels.
        pixels: u64,
    },
    /// The frame would become more than [`RENDER_EXPANSION`] times its size.
    #[error("would expand from {from} to {to} bytes, more than {RENDER_EXPANSION} times")]
    Expands {
        /// Bytes compressed.
        from: u64,
        /// Bytes decoded.
        to: u64,
    },
    /// It cannot be told which fragments belong to the frame.
    #[error("{fragments} fragments without offsets for {frames} frames")]
    Fragments {
        /// Fragments of the object.
        fragments: usize,
        /// Frames of the object.
        frames: u32,
    },
    /// The decoder refused the frame.
    #[error("cannot be decoded: {why}")]
    Undecodable {
        /// What the decoder said.
        why: String,
    },
    /// Decoding it ended the process, or its memory or time was used up.
    #[error("cannot be decoded within its limits: {why}")]
    Stopped {
        /// How it ended.
        why: String,
    },
}

impl Reason {
    /// The decoder refused, as `why` says.
    pub(crate) fn undecodable(why: impl std::fmt::Display) -> Reason {
        // A decoder may repeat what it read; a picture has place for a line or two.
        let why = why.to_string().chars().filter(|c| !c.is_control()).take(120).collect();
        Reason::Undecodable { why }
    }

    /// `attribute` holds what cannot be shown.
    pub(crate) fn attribute(attribute: &str, value: impl std::fmt::Display) -> Reason {
        let value = value.to_string().chars().filter(|c| !c.is_control()).take(40).collect();
        Reason::Attribute { attribute: attribute.to_owned(), value }
    }

    /// `attribute` is not there.
    pub(crate) fn missing(attribute: &str) -> Reason {
        Reason::Missing { attribute: attribute.to_owned() }
    }
}
