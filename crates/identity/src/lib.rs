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
mod desk;
mod domain;
mod ended;
mod enrol;
mod error;
pub mod estimation;
mod feed;
mod feed_enrolment;
mod iti10;
mod iti104;
mod iti119;
mod iti21;
mod iti22;
mod iti30;
mod iti44;
mod iti45;
mod iti46;
mod iti47;
mod iti78;
mod iti8;
mod iti83;
mod iti9;
mod link;
mod matching;
mod merge;
mod notification;
mod number_evidence;
mod person;
mod query;
pub mod r4;
mod rebuild;
mod record;
pub mod review;
mod search;
mod search_keys;
mod suspension;
pub mod v2;
pub mod v3;

pub use agreement::{Candidate, check_agreement};
pub use birth::{BirthSpan, read_birth};
pub use consent::{ConsentRequest, record_consent, withdraw_all_consents, withdraw_consent};
pub use demographics::{name_token, tokens};
pub use desk::Desk;
pub use domain::{DomainChange, DomainOutcome, RuleChange, read_number, set_domain, set_rule};
pub use ended::{Viewers, has_withdrawn, is_suspended, part_viewers};
pub use enrol::{
    EnrolOutcome, EnrolRequest, SameAs, WithdrawRequest, enrol, find_person, withdraw,
};
pub use error::IdentityError;
pub use feed::{Feed, take_demographics};
pub use feed_enrolment::{FeedEnrolment, set_feed_enrolment};
pub use iti10::{CheckError, Consumer, Notifier};
pub use iti46::{V3Consumer, V3Notifier};
pub use link::{LinkOutcome, LinkRequest, PartRequest, UnlinkRequest, link, part, split, unlink};
pub use merge::{MergeOutcome, MergeRefusal, MergeRequest, merge, unmerge};
pub use person::{Banner, shown_demographics};
pub use query::SearchQuery;
pub use rebuild::{Rebuilt, rebuild, refresh_evidence};
pub use record::{PersonHistory, PersonRecord, person_history, person_record};
pub use search::{Directory, Search, search};
pub use search_keys::refresh_search_keys;
pub use suspension::{SuspensionRequest, resume, suspend};
