//! XDS registry core: atomic submission, replacement chains, streaming queries.
//!
//! - [`prepare`] does what needs no database: the rules of the message, the facts, the compact
//!   metadata. It is slow work and runs outside of transactions.
//! - [`submit`] is one use case: rules against what is registered, rows, convergence of the
//!   logical item. [`change_states`] is another.
//! - [`query`] answers one entry at a time; nothing is collected.
//!
//! - [`reread`] reads documents again that older rules read.
//!
//! A document of intake names a logical item and a sending time. The versions of an item come
//! to the same rows in whatever order and however often they arrive ([`converge`]).
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod converge;
pub mod iti18;
pub mod iti42;
pub mod iti51;
pub mod iti57;
pub mod iti61;
pub mod iti62;
pub mod query;
pub mod reread;
pub mod rule_state;
pub mod rule_update;
pub mod stats;
pub mod stored_query;

mod content;
mod document;
mod error;
mod explicit;
mod item;
mod link;
mod manifest;
mod names;
mod patience;
mod prepare;
mod reach;
mod relation;
mod remove;
mod share;
mod state_change;
mod streamed;
mod submit;
mod update;
mod whose;
mod within;
mod xml_answer;

pub use content::{
    Content, Derivations, derive_content, has_facts, of_metadata, unreadable_content,
};
pub use error::{ErrorCode, Problem, RegistryError, refusal};
pub use iti18::Queries;
pub use iti42::Changes;
pub use prepare::{Held, Incoming, Prepared, PreparedDocument, prepare, prepare_message};
pub use remove::remove;
pub use state_change::change_states;
pub use stats::{DocumentCounts, Stats, stats};
pub use submit::{Registered, submit};
pub use update::{Updated, update};
