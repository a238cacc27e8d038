//! SOAP 1.2 with WS-Addressing 1.0 and MTOM/XOP: bytes into requests for a [`Service`], its
//! answers into bytes. Envelopes are bounded and in memory, documents and long answers stream.
//!
//! - [`Endpoint`] makes a service an axum route; [`Request::documents`] gives what a message
//!   carries, [`Response`] what goes out, [`channel`] an answer that is made while it is sent.
//! - [`Client`] asks a peer the same way.
//! - [`mtom`] is the multipart layer, [`xml::Document`] reads envelopes.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod channel;
mod client;
mod content_type;
mod documents;
mod envelope;
mod fault;
mod message;
pub mod mtom;
pub mod names;
mod room;
mod server;
mod wsdl;

pub use channel::{BodySender, Gone, channel};
pub use client::{Answer, CallError, Client, Outgoing};
pub use content_type::ContentType;
pub use documents::{ArrivingDocument, Documents};
pub use envelope::{Envelope, Policy, SecurityPolicy};
pub use fault::{Fault, FaultCode, PeerFault};
pub use message::{Attachment, Peer, Piece, Request, Response};
pub use mtom::{BodyStream, MtomError};
pub use server::{Endpoint, Service};
pub use wsdl::Wsdl;
