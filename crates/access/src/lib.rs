//! Accounts, sessions, consent, and the one access decision.
//!
//! [`decide`] is pure: rows of consent in, what may be seen out. [`open_person`] is the way into
//! every page of a patient: it resolves the community ID, decides, and gives nothing at all
//! where nothing may be seen, so that nobody learns who is registered. [`Accounts`] signs people
//! in and keeps their sessions.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

mod account;
mod decision;
mod desk;
mod error;
mod hand;
mod open;
pub mod password;
mod role;
pub mod second_factor;
mod session;
mod sign_in;
mod token;

pub use account::{AccountSecrets, AccountSummary, Accounts, NewAccount};
pub use decision::{Decision, DecisionOutcome, Visibility, decide};
pub use desk::{DeskScope, Holders, desk_scope};
pub use error::AccessError;
pub use hand::{Grip, Hand};
pub use open::{
    OpenPerson, Opened, RecentPerson, decision, open_person, open_persons, recent_persons, resolve,
    shown_demographics, visibility, widens,
};
pub use role::{Role, Viewer};
pub use session::{Preferences, SessionContext, SessionState};
pub use sign_in::{CodeOutcome, Origin, PasswordOutcome};
pub use token::SessionToken;
