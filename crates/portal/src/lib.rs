//! The doctor's pages: search, timeline, laboratory results, medicines, documents.
//!
//! Every page of a patient goes through [`PortalState::patient`]: it opens the person through
//! the access decision, reads, and audits, all in one transaction. What the decision does not
//! permit never leaves the queries, and "not there" is the same answer as "not for you".

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod allergies;
mod coverage;
mod days;
mod documents;
mod facility;
mod facts;
mod head;
mod help;
mod home;
mod images;
mod labs;
mod meds;
mod password;
mod patient;
mod problems;
mod reader;
mod router;
mod search;
mod settings;
mod sign_in;
mod state;
mod study;
mod timeline;
mod typed_day;
mod view;

pub use page::call::PageConfig as PortalConfig;
pub use page::forms::Site;
pub use router::router;
pub use state::PortalState;

use page::{call, refusal};
