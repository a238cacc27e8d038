//! The operators' pages: who is who, and the review of record linkage.
//!
//! Nothing is changed by a page that is only looked at: every act is first shown with its effect,
//! and done by a form that names what was shown. Who may work on whose records is decided by
//! `access::desk_scope`; "not there" is the same answer as "not for you".

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod acts;
mod case;
mod difference;
mod effect;
mod history;
mod person;
mod persons;
mod question;
mod queue;
mod record;
mod router;
mod state;

pub use router::router;
pub use state::ConsoleState;

use page::{call, reader, refusal};
