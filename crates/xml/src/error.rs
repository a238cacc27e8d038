//! Why XML was not read.

use model::limits::{
    XML_ATTRIBUTES, XML_BYTES, XML_DEPTH, XML_NAMESPACES, XML_NODES, XML_TEXT_BYTES,
};
use thiserror::Error;

/// Why XML was not read. Offsets count bytes of the text given.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum XmlError {
    /// Longer than [`XML_BYTES`].
    #[error("{bytes} bytes of XML, more than the limit of {XML_BYTES}")]
    TooLarge {
        /// Bytes given.
        bytes: usize,
    },
    /// Elements deeper than [`XML_DEPTH`].
    #[error("elements deeper than the limit of {XML_DEPTH} at byte {offset}")]
    TooDeep {
        /// Where.
        offset: u64,
    },
    /// An element with more attributes than [`XML_ATTRIBUTES`].
    #[error(
        "more attributes than the limit of {XML_ATTRIBUTES} on the element before byte {offset}"
    )]
    TooManyAttributes {
        /// Where.
        offset: u64,
    },
    /// An element with more namespace declarations than [`XML_NAMESPACES`].
    #[error(
        "more namespaces than the limit of {XML_NAMESPACES} on the element before byte {offset}"
    )]
    TooManyNamespaces {
        /// Where.
        offset: u64,
    },
    /// More nodes than [`XML_NODES`].
    #[error("more nodes than the limit of {XML_NODES} at byte {offset}")]
    TooManyNodes {
        /// Where.
        offset: u64,
    },
    /// A text of more bytes than [`XML_TEXT_BYTES`].
    #[error("a text longer than the limit of {XML_TEXT_BYTES} bytes at byte {offset}")]
    TextTooLong {
        /// Where.
        offset: u64,
    },
    /// A document type declaration.
    #[error(
        "a document type declaration before byte {offset}: not accepted, its entities could hold anything"
    )]
    Doctype {
        /// Where.
        offset: u64,
    },
    /// Bytes that are not UTF-8.
    #[error("not UTF-8 at byte {offset}: send UTF-8, with or without a byte order mark")]
    NotUtf8 {
        /// Where.
        offset: u64,
    },
    /// An encoding other than UTF-8 is declared, or shown by a byte order mark.
    #[error("the encoding {name} is not accepted: send UTF-8 and declare no other")]
    Encoding {
        /// The encoding.
        name: String,
    },
    /// Not well-formed.
    #[error("not well-formed before byte {offset}: {detail}")]
    Malformed {
        /// Where.
        offset: u64,
        /// What the parser says.
        detail: String,
    },
    /// It ends inside an element, or has none.
    #[error("ends with {open} elements open")]
    Truncated {
        /// How many elements are open; 0 where there was none at all.
        open: u32,
    },
}
