//! Why something cannot be read or written.

use dicom_core::Tag;
use model::limits::{DICOM_DEPTH, DICOM_ELEMENTS, DICOM_FRAGMENTS, DICOM_INFLATE_RATIO};
use thiserror::Error;

/// Why bytes cannot be read. Offsets count from the beginning of what was read, inflated where
/// the transfer syntax is deflated.
#[derive(Debug, Error)]
pub enum ReadError {
    /// The bytes cannot be had.
    #[error("reading failed at byte {offset}")]
    Io {
        /// How far it was read.
        offset: u64,
        /// Why.
        source: std::io::Error,
    },
    /// Neither a DICOM file nor a data set.
    #[error("not DICOM: no DICM after 128 bytes, and no data set from the first byte on")]
    NotDicom,
    /// It ends too early.
    #[error("cut short: {wanted} bytes are missing at byte {offset}")]
    Truncated {
        /// Where it ends.
        offset: u64,
        /// How many bytes are missing.
        wanted: u64,
    },
    /// An element says that it is longer than what it stands in.
    #[error("{tag} at byte {offset} claims {length} bytes where {remaining} are left")]
    LengthBeyondEnd {
        /// The element.
        tag: Tag,
        /// Where its value begins.
        offset: u64,
        /// The length it claims.
        length: u64,
        /// What is left of the file or the item.
        remaining: u64,
    },
    /// Something else than an item stands in a sequence, or an item outside of one.
    #[error("{tag} at byte {offset} where an item of a sequence should begin or end")]
    Misplaced {
        /// What stands there.
        tag: Tag,
        /// Where.
        offset: u64,
    },
    /// Sequences are nested deeper than [`DICOM_DEPTH`].
    #[error("sequences nested deeper than {DICOM_DEPTH} at byte {offset}")]
    TooDeep {
        /// Where.
        offset: u64,
    },
    /// More than [`DICOM_ELEMENTS`].
    #[error("more than {DICOM_ELEMENTS} elements and items at byte {offset}")]
    TooManyElements {
        /// Where.
        offset: u64,
    },
    /// More than [`DICOM_FRAGMENTS`].
    #[error("more than {DICOM_FRAGMENTS} fragments at byte {offset}")]
    TooManyFragments {
        /// Where.
        offset: u64,
    },
    /// It inflates to more than [`DICOM_INFLATE_RATIO`] times its size.
    #[error("inflates to more than {DICOM_INFLATE_RATIO} times its size")]
    InflatesTooMuch,
}

/// Why a data set cannot be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum WriteError {
    /// The value was left where it was scanned.
    #[error("{tag} was not loaded: copy it from what was scanned")]
    NotLoaded {
        /// The element.
        tag: Tag,
    },
    /// The value is longer than a length can say (4 GiB).
    #[error("{tag} has {length} bytes, more than DICOM can write")]
    TooLong {
        /// The element.
        tag: Tag,
        /// Its length.
        length: usize,
    },
}
