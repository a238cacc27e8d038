//! DIMSE (PS3.7) over the upper layer of DICOM (PS3.8): associations, and on them C-ECHO, C-STORE,
//! C-FIND, C-GET, C-MOVE and storage commitment, as client and as server.
//!
//! [`Inbound`] is pure, for property tests and fuzzing. A data set that comes by C-STORE is given
//! out in the pieces in which it was received, and is never read here; identifiers are
//! `dicomfile`'s data sets.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod acceptor;
mod associate;
mod classes;
mod client;
mod command;
mod commitment;
mod error;
mod find;
mod identifier;
mod inbound;
mod instance;
mod items;
mod link;
mod provider;
mod pull;
mod query;
mod retrieve;
mod send;
mod server;
mod service;
mod status;
mod violation;

pub use associate::{AcceptedContext, Answer, ProposedContext, Rejection, Request, Role};
pub use classes::{STORAGE_CLASSES, is_storage_class};
pub use client::{Client, ContextProposal, Peer, Proposal};
pub use command::{Command, field};
pub use commitment::{CommitmentReport, CommitmentRequest, NO_SUCH_INSTANCE, Reference};
pub use error::DimseError;
pub use find::{FindAnswers, Stopped};
pub use inbound::{Event, Inbound};
pub use instance::{Body, IncomingData, OutgoingInstance, ReceivedInstance};
pub use link::Times;
pub use pull::{InstanceReceiver, Retrieved, SubOperations};
pub use query::Matches;
pub use retrieve::Retrieval;
pub use server::Server;
pub use service::{
    Acceptance, Association, AssociationRequest, ContextAnswer, Destination, FindRequest,
    RetrieveRequest, Service,
};
pub use status::Status;
pub use violation::Violation;
