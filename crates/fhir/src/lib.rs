//! FHIR R4 (4.0.1) as the identity transactions use it: resources in JSON and XML, read and
//! written, and the RESTful interactions by which they are asked for. It knows types of `model`
//! only; what a request does is its service's ([`Service`]).
//!
//! A resource is read into a tree of [`Element`]s that has forgotten its notation, within the
//! limits of [`model::limits`]; [`Patient`], [`Parameters`] and the others read and write that
//! tree.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

mod address;
mod bundle;
mod capability;
mod condition;
mod element;
mod error;
mod format;
mod human_name;
mod identifier;
mod interaction;
mod json_reader;
mod json_writer;
mod outcome;
mod parameters;
mod patient;
mod query;
mod server;
mod time;
mod xml_reader;
mod xml_writer;

pub use bundle::{Bundle, Entry, MatchGrade};
pub use capability::{Actor, Capabilities, Operation, SearchParameter};
pub use condition::Condition;
pub use element::{Element, Primitive};
pub use error::FhirError;
pub use format::Format;
pub use identifier::{Identifier, Link};
pub use interaction::{Interaction, Request};
pub use outcome::{Issue, IssueCode, Outcome, Severity};
pub use parameters::{Parameter, Parameters};
pub use patient::Patient;
pub use query::{Pair, Query, encoded};
pub use server::{Endpoint, Peer, Response, Service};
pub use time::read_date;

/// The namespace of FHIR's XML (R4 2.6.1).
pub const NAMESPACE: &str = "http://hl7.org/fhir";
