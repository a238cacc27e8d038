//! Identities, persons, community IDs and the events that tie them.
//!
//! Documents hang off identities; a person only groups them. Linking and unlinking change the
//! group, are events that can be taken back, and cost no more than the identities they move.
//! [`linkage`] judges which identities are one human.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod linkage;

mod agreement;
mod asking;
mod associations;
mod birth;
mod consent;
mod demographics;
mod ended;
mod enrol;
mod error;
mod feed;
mod iti10;
mod iti21;
mod iti22;
mod iti30;
mod iti44;
mod iti45;
mod iti46;
mod iti47;
mod iti8;
mod iti9;
mod link;
mod matching;
mod merge;
mod notification;
mod person;
mod query;
mod record;
mod search;
mod search_keys;
pub mod v2;
pub mod v3;

pub use agreement::{Candidate, check_agreement};
pub use birth::{BirthSpan, read_birth};
pub use consent::{ConsentRequest, record_consent, withdraw_all_consents, withdraw_consent};
pub use demographics::{name_token, tokens};
pub use ended::{Viewers, has_withdrawn, part_viewers};
pub use enrol::{
    EnrolOutcome, EnrolRequest, SameAs, WithdrawRequest, enrol, find_person, withdraw,
};
pub use error::IdentityError;
pub use feed::Feed;
pub use iti10::{Consumer, Notifier};
pub use iti46::{V3Consumer, V3Notifier};
pub use link::{LinkOutcome, LinkRequest, PartRequest, UnlinkRequest, link, part, split, unlink};
pub use merge::{MergeOutcome, MergeRefusal, MergeRequest, merge, unmerge};
pub use person::{Banner, shown_demographics};
pub use query::SearchQuery;
pub use record::{PersonHistory, PersonRecord, person_history, person_record};
pub use search::{Directory, Search, search};
pub use search_keys::refresh_search_keys;
