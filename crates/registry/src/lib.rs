//! XDS registry core: atomic submission, replacement chains, streaming queries.
//!
//! - [`prepare`] does what needs no database: the rules of the message, the facts, the compact
//!   metadata. It is slow work and runs outside of transactions.
//! - [`submit`] is one use case: rules against what is registered, rows, convergence of the
//!   logical item. [`change_states`] is another.
//! - [`query`] answers one entry at a time; nothing is collected.
//!
//! A document of intake names a logical item and a sending time. The versions of an item come
//! to the same rows in whatever order and however often they arrive ([`converge`]).
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod converge;
pub mod query;
pub mod rule;
pub mod rule_state;
pub mod stats;

mod content;
mod document;
mod error;
mod explicit;
mod item;
mod link;
mod names;
mod prepare;
mod relation;
mod state_change;
mod submit;

pub use content::{Content, Derivations, derive_content};
pub use error::{ErrorCode, RegistryError, Violation};
pub use prepare::{Incoming, Prepared, PreparedDocument, prepare};
pub use state_change::change_states;
pub use stats::{DocumentCounts, Stats, stats};
pub use submit::{Registered, submit};
