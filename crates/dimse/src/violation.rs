//! What a peer may not send, and the A-ABORT that it gets for it (PS3.8 9.3.8).

use model::limits::{
    DICOM_ASSOCIATE_BYTES, DICOM_COMMAND_BYTES, DICOM_CONTEXTS, DICOM_PDU_BYTES,
    DICOM_TRANSFER_SYNTAXES, DICOM_USER_ITEMS,
};
use thiserror::Error;

/// A breach of the protocol after which an association cannot go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Violation {
    /// A PDU of a type that PS3.8 9.3.1 does not know.
    #[error("a pdu of the unknown type {0:#04x}: is this DICOM?")]
    UnknownPdu(u8),
    /// A PDU that has no place in the state of the association (PS3.8 9.2).
    #[error("a pdu of type {0:#04x} where it has no place")]
    UnexpectedPdu(u8),
    /// A PDU longer than what was offered: [`DICOM_PDU_BYTES`], [`DICOM_ASSOCIATE_BYTES`].
    #[error(
        "a pdu of {0} bytes (limits: {DICOM_PDU_BYTES} of data, {DICOM_ASSOCIATE_BYTES} to associate)"
    )]
    PduTooLong(u32),
    /// Items whose lengths do not add up.
    #[error("the items of a pdu do not fit its length")]
    BadItems,
    /// More than [`DICOM_CONTEXTS`], [`DICOM_TRANSFER_SYNTAXES`] or [`DICOM_USER_ITEMS`].
    #[error(
        "too many items (limits: {DICOM_CONTEXTS} presentation contexts, \
         {DICOM_TRANSFER_SYNTAXES} transfer syntaxes of each, {DICOM_USER_ITEMS} user items)"
    )]
    TooManyItems,
    /// A presentation context ID that is even, or there twice (PS3.8 9.3.2.2).
    #[error("the presentation context id {0} is even, or there twice")]
    BadContextId(u8),
    /// Data in a presentation context that was not accepted.
    #[error("data in the presentation context {0}, which was not accepted")]
    ContextNotAccepted(u8),
    /// Fragments of two messages mixed (PS3.7 6.3.1, PS3.8 E.1).
    #[error("fragments of two messages are mixed")]
    Interleaved,
    /// A command set of more than [`DICOM_COMMAND_BYTES`].
    #[error("a command set of more than {DICOM_COMMAND_BYTES} bytes")]
    CommandTooLong,
    /// A command set that cannot be read (PS3.7 6.3.1).
    #[error("a command set that cannot be read: {0}")]
    BadCommand(&'static str),
}

impl Violation {
    /// The reason of the A-ABORT that our upper layer sends (PS3.8 Table 9-26).
    pub fn abort_reason(self) -> u8 {
        match self {
            Violation::UnknownPdu(_) => 1,
            Violation::UnexpectedPdu(_) => 2,
            Violation::Interleaved => 5,
            Violation::PduTooLong(_)
            | Violation::BadItems
            | Violation::TooManyItems
            | Violation::BadContextId(_)
            | Violation::ContextNotAccepted(_) => 6,
            Violation::CommandTooLong | Violation::BadCommand(_) => 0,
        }
    }
}
