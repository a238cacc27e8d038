//! ebXML RegRep 3.0 as XDS uses it (ITI TF-3 4.2): metadata, queries, answers and errors, read
//! into the types of `model` and written out of them. No I/O, no state, no SOAP.
//!
//! Reading begins with an [`xml::Element`]: the child of the SOAP body. Namespaces matter,
//! prefixes do not. A reader collects everything that is wrong with a message as [`Problem`]s
//! with their error codes; what only the registry's rows decide is the registry's.
//!
//! Writing goes object by object into an [`xml::Writer`], so that an answer of any size can
//! leave while it is made.
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod affinity;
mod attribute;
mod entry;
mod ids;
mod intake;
mod link;
pub mod names;
pub mod notation;
pub mod object;
mod package;
mod part;
mod problem;
pub mod query;
mod raw;
pub mod request;
pub mod response;
pub mod retrieve;
pub mod rule;
mod submission;
pub mod update;
pub mod write;

pub use affinity::Affinity;
pub use part::{Part, PartContent};
pub use problem::{ErrorCode, Problem};
pub use query::{QueryRequest, StoredQuery, read_query};
pub use response::Status;
pub use submission::{Read, ReadOptions, Submission, Submitted, Transaction, read_submission};
