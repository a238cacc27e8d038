//! MLLP (HL7 v2 Transport Specification, release 1): bytes in, messages for a handler, answers
//! out. It knows nothing of what a message says.
//!
//! [`Frames`] is pure, for property tests and fuzzing. On one connection one message is answered
//! after the other, in the order in which they came: a sender that writes ahead waits in its own
//! socket.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod client;
mod error;
mod frames;
mod server;

pub use client::Client;
pub use error::{FrameError, MllpError};
pub use frames::{Frames, wrap};
pub use server::{Handler, Peer, Server};
