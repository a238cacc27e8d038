//! Identities, persons, community IDs and the events that tie them.
//!
//! Documents hang off identities; a person only groups them. Linking and unlinking change the
//! group, are events that can be taken back, and cost no more than the identities they move.
//! [`linkage`] judges which identities are one human.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod linkage;

mod birth;
mod consent;
mod demographics;
mod enrol;
mod error;
mod feed;
mod link;
mod person;
mod query;
mod search;
mod search_keys;

pub use birth::{BirthSpan, read_birth};
pub use consent::{ConsentRequest, record_consent, withdraw_all_consents, withdraw_consent};
pub use demographics::{name_token, tokens};
pub use enrol::{EnrolOutcome, EnrolRequest, SameAs, WithdrawRequest, enrol, withdraw};
pub use error::IdentityError;
pub use feed::Feed;
pub use link::{LinkOutcome, LinkRequest, PartRequest, UnlinkRequest, link, part, unlink};
pub use person::{Banner, shown_demographics};
pub use query::SearchQuery;
pub use search::{Directory, Search, search};
pub use search_keys::refresh_search_keys;
