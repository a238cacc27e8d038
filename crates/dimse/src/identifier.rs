//! Data sets of messages: identifiers and lists, encoded as their presentation context says.

use crate::DimseError;
use dicomfile::{DataSet, TransferSyntax};

/// Reads one.
///
/// # Errors
/// [`DimseError::Unreadable`] with what the reader says.
pub(crate) fn read(bytes: &[u8], transfer_syntax: &str) -> Result<DataSet, DimseError> {
    let encoding = TransferSyntax::new(transfer_syntax).encoding();
    DataSet::read(bytes, encoding)
        .map_err(|source| DimseError::Unreadable { what: "identifier", source: Box::new(source) })
}

/// Writes one.
///
/// # Errors
/// [`DimseError::Unsendable`] where a value has no bytes.
pub(crate) fn write(set: &DataSet, transfer_syntax: &str) -> Result<Vec<u8>, DimseError> {
    let encoding = TransferSyntax::new(transfer_syntax).encoding();
    set.write(encoding).map_err(|error| DimseError::Unsendable(error.to_string()))
}

/// Whether identifiers can be written in it: those that every peer reads (PS3.5 10.1).
pub(crate) fn is_plain(transfer_syntax: &str) -> bool {
    let syntax = TransferSyntax::new(transfer_syntax);
    !syntax.is_encapsulated() && !syntax.is_deflated()
}
