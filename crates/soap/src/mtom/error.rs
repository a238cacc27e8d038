//! Why an MTOM message was not read.

use crate::fault::Fault;
use http::StatusCode;
use model::limits::{
    MTOM_BEFORE_ROOT_BYTES, MTOM_PART_BYTES, MTOM_PART_HEADER_BYTES, MTOM_PARTS, MTOM_TOTAL_BYTES,
    SOAP_ROOT_BYTES,
};
use thiserror::Error;

/// Why a message or its parts were not read. What is quoted of the message is cut and printable.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum MtomError {
    /// No usable boundary in the media type.
    #[error("the content type has no usable boundary: {0}")]
    Boundary(&'static str),
    /// More parts than [`MTOM_PARTS`].
    #[error("more parts than the limit of {MTOM_PARTS}")]
    TooManyParts,
    /// Headers of a part, or what stands around the parts, beyond [`MTOM_PART_HEADER_BYTES`].
    #[error("{0} longer than the limit of {MTOM_PART_HEADER_BYTES} bytes")]
    HeaderTooLong(&'static str),
    /// A header of a part that is none, or stands there twice.
    #[error("part {part}: {detail}")]
    Header {
        /// Number of the part, from 1.
        part: u64,
        /// What is wrong.
        detail: String,
    },
    /// A part beyond [`MTOM_PART_BYTES`].
    #[error("a part longer than the limit of {MTOM_PART_BYTES} bytes")]
    PartTooLarge,
    /// The message beyond [`MTOM_TOTAL_BYTES`].
    #[error("a message longer than the limit of {MTOM_TOTAL_BYTES} bytes")]
    TooLarge,
    /// The envelope beyond [`SOAP_ROOT_BYTES`].
    #[error("an envelope longer than the limit of {SOAP_ROOT_BYTES} bytes")]
    RootTooLarge,
    /// The envelopes that are being read and answered take all the room there is.
    #[error("too many messages at once; send it again later")]
    NoRoom,
    /// Parts beyond [`MTOM_BEFORE_ROOT_BYTES`] before the envelope.
    #[error("more than {MTOM_BEFORE_ROOT_BYTES} bytes of parts before the envelope: send it first")]
    RootTooLate,
    /// `start` names no part, or there is no part at all.
    #[error("no part holds the envelope")]
    RootMissing,
    /// The message ends before its last boundary.
    #[error("the message ends within part {part}: no closing boundary")]
    Truncated {
        /// Number of the part, from 1; 0 before the first.
        part: u64,
    },
    /// A `Content-Transfer-Encoding` that is not known.
    #[error("part {part}: the transfer encoding {encoding:?} is not known")]
    Encoding {
        /// Number of the part, from 1.
        part: u64,
        /// The encoding.
        encoding: String,
    },
    /// Bytes that do not fit the encoding they declare.
    #[error("{place}: not well-formed {encoding}")]
    Damaged {
        /// Which part or document.
        place: String,
        /// The encoding.
        encoding: &'static str,
    },
    /// An `xop:Include` that points out of the message, or nowhere.
    #[error("xop:Include href {href:?}: only cid: of a part of this message is accepted")]
    Reference {
        /// What was written.
        href: String,
    },
    /// An `xop:Include` beside text or other elements.
    #[error("line {line}: xop:Include must be the only content of its element")]
    MixedContent {
        /// Line of the envelope.
        line: u32,
    },
    /// Two parts, or two documents, with one identifier.
    #[error("{what} {id:?} stands there twice")]
    Duplicate {
        /// Parts, references or documents.
        what: &'static str,
        /// The identifier.
        id: String,
    },
    /// A reference to a part that is not in the message.
    #[error("no part has the content id {id:?}")]
    PartMissing {
        /// The content id that is referred to.
        id: String,
    },
    /// A document without an identifier.
    #[error("line {line}: a document without an id")]
    NoDocumentId {
        /// Line of the envelope.
        line: u32,
    },
    /// The body stopped coming.
    #[error("the message stopped coming: {0}")]
    Body(String),
    /// Nothing came within the time.
    #[error("the message stopped coming: nothing within the time limit")]
    Idle,
}

impl From<MtomError> for Fault {
    fn from(error: MtomError) -> Fault {
        let fault = Fault::sender(error.to_string());
        match error {
            MtomError::PartTooLarge
            | MtomError::TooLarge
            | MtomError::RootTooLarge
            | MtomError::RootTooLate => fault.with_status(StatusCode::PAYLOAD_TOO_LARGE),
            MtomError::Idle => fault.with_status(StatusCode::REQUEST_TIMEOUT),
            MtomError::NoRoom => Fault::receiver().with_status(StatusCode::SERVICE_UNAVAILABLE),
            _ => fault,
        }
    }
}

impl From<MtomError> for std::io::Error {
    fn from(error: MtomError) -> std::io::Error {
        std::io::Error::new(std::io::ErrorKind::InvalidData, error)
    }
}

/// What came from outside, short and printable enough for a message.
pub(crate) fn shown(text: &str) -> String {
    let mut shown: String =
        text.chars().filter(|character| !character.is_control()).take(SHOWN_CHARACTERS).collect();
    if text.chars().nth(SHOWN_CHARACTERS).is_some() {
        shown.push('…');
    }
    shown
}

const SHOWN_CHARACTERS: usize = 200;
