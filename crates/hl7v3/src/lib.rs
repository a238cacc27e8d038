//! HL7 v3 (2008) as IHE's PIXV3 and PDQV3 use it (ITI TF-2 3.44 to 3.47, Appendix O).
//!
//! [`read`] turns the element of a message into owned values of `model`, with the one thing that
//! makes it unusable named by its place; the writers make answers, acknowledgements, questions and
//! records. Wrappers and payload are read by name: what a message says beside that is left alone.
//! Whether an ID is known and who may feed it is not decided here.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

mod acknowledgement;
mod answer;
mod copy;
mod instance_id;
mod interaction;
mod message;
mod outgoing;
mod person;
mod problem;
mod query;
mod question;
mod record;
mod transmission;

pub use acknowledgement::{AcknowledgementDetail, Outcome, accept_acknowledgement, read_outcome};
pub use answer::{Candidate, Quantities, QueryAnswer, candidates, identifiers};
pub use instance_id::InstanceId;
pub use interaction::{ACCEPT_ACKNOWLEDGEMENT, Interaction, action_of};
pub use message::{Message, Payload, read};
pub use outgoing::Outgoing;
pub use problem::Problem;
pub use query::{
    CandidatesQuery, IdentifiersQuery, NameQuery, QueryContinuation, read_stored_query,
};
pub use question::{ask_candidates, ask_identifiers, ask_more};
pub use record::{PatientRecord, record};
pub use transmission::Transmission;

/// Namespace of every element of HL7 v3.
pub const NAMESPACE: &str = "urn:hl7-org:v3";
/// Namespace of `xsi:type`.
pub(crate) const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";
