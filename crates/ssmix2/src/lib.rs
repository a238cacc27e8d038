//! SS-MIX2: storage layout, transaction records, and messages turned into facts.
//!
//! - [`layout`]: folders, file names and content folders of the standardized and the extended
//!   storage, read from both ends.
//! - [`transaction`]: records out of transaction files, filtered by their header lines alone.
//! - [`examine`]: whether a file is what its folder says and whose it is, and what a document
//!   entry needs of it.
//! - [`derive`]: the facts of a document and its line on the timeline, a pure and total function
//!   of its bytes and [`RULES_VERSION`].
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod care_date;
pub mod code_shape;
pub mod layout;
pub mod message_type;
pub mod transaction;

mod chart;
mod codes;
mod derive;
mod document_kind;
mod entry;
mod examine;
mod examine_extended;
mod facts;
mod flags;
mod groups;
mod people;
mod reading;
mod times;
mod value;

pub use derive::{Context, Derived, derive};
pub use document_kind::short_name as short_document_name;
pub use entry::{ORDER_LABEL, PERFORMED_LABEL};
pub use examine::{
    ACCESSION_ID_TYPE, Examined, Expected, ORDER_ID_TYPE, STUDY_ID_TYPE, TitleParts, examine,
};
pub use examine_extended::examine_extended;
pub use people::patient;

/// The version of the rules by which facts and timeline lines are read out of bytes. It goes up
/// with every change that gives other facts for the same bytes; the rows are then derived again.
pub const RULES_VERSION: u32 = 3;

/// The MIME type of a message of the standardized storage (HL7 v2 in its bar notation).
pub const MIME_TYPE: &str = "x-application/hl7-v2+er7";
