//! DICOM data sets and files: bounded reading, writing, character sets, index fields.
//!
//! A [`DataSet`] holds elements in the order of their tags, with values as received: text is
//! decoded when it is asked for, by [`DataSet::text`], because what a file declares about its
//! text is evidence, never authority. Nothing here believes a length, recurses on input, or
//! needs pixel data.
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod charset;
pub mod frames;
pub mod index;
pub mod key_object;

mod data_set;
mod deflate;
mod element;
mod error;
mod json;
mod parse;
mod scan;
mod source;
mod transfer_syntax;
mod values;
mod write;

pub use charset::{SpecificCharacterSet, Text, Verdict};
pub use data_set::DataSet;
pub use deflate::Inflate;
pub use dicom_core::{Tag, VR};
pub use dicom_dictionary_std::{tags, uids};
pub use element::{Element, Place, Value, is_private, is_text, keyword_of, vr_of};
pub use error::{ReadError, WriteError};
pub use index::{Fields, InstanceFields, MissingUid, SeriesFields, StudyFields};
pub use json::{BulkData, json};
pub use key_object::KeyObjects;
pub use scan::{Note, PixelData, Scan, ScanError, scan, scan_data_set};
pub use transfer_syntax::{Encoding, TransferSyntax};
pub use values::is_uid;
pub use write::{IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION, file_head, write_file};
