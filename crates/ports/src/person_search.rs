//! PersonSearch: how pages find a patient. Only persons of whom the viewer may see something
//! are found, by what the viewer may see of them; a search says nothing about anybody else.

use access::{OpenPerson, Viewer};
use futures::future::BoxFuture;
use model::CommunityId;
use thiserror::Error;

/// A search as typed.
#[derive(Debug, Clone)]
pub struct SearchRequest {
    /// Who searches.
    pub viewer: Viewer,
    /// The login, for the audit record.
    pub actor: String,
    /// What was typed: names in kanji or kana, birth date, community ID, local ID, in any mix.
    pub text: String,
    /// `next` of the page before; `None` for the first page.
    pub after: Option<CommunityId>,
}

/// How a part of the text was read. One part may have several readings (`19480312` is a birth
/// date and may be a local ID); each is listed, and any of them may fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// The beginning of a name or of its reading in kana.
    Name {
        /// As typed, the parts with one blank between.
        typed: String,
        /// What is compared: folded, without blanks.
        key: String,
    },
    /// A birth date, month or year: the first and last day, as `YYYYMMDD`.
    Birth {
        /// As typed.
        typed: String,
        /// First day.
        first_day: i64,
        /// Last day.
        last_day: i64,
    },
    /// 統合ID.
    Community(CommunityId),
    /// A patient ID of any facility, compared whole.
    LocalId(String),
}

/// A person found.
#[derive(Debug, Clone)]
pub struct FoundPerson {
    /// The person, as far as the viewer may see.
    pub person: OpenPerson,
    /// `false` where the name fits and the birth date typed beside it does not: shown below the
    /// others, so that a slip in a date hides nobody.
    pub birth_fits: bool,
}

/// One page of persons: those whose birth date fits first, then by reading, birth date, ID.
#[derive(Debug, Clone, Default)]
pub struct SearchPage {
    /// How the text was read.
    pub readings: Vec<Reading>,
    /// The persons of this page.
    pub persons: Vec<FoundPerson>,
    /// All persons found.
    pub found_count: usize,
    /// Those of them whose birth date fits; equal to `found_count` where none was typed.
    pub birth_fits_count: usize,
    /// Where the next page begins, if there is one.
    pub next: Option<CommunityId>,
    /// More than `SEARCH_CANDIDATES` fit: nothing is shown, more letters or the birth date are
    /// needed.
    pub too_many: bool,
}

/// Why a search was not made.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SearchError {
    /// Nothing was typed.
    #[error("nothing to search for")]
    Empty,
    /// More than `SEARCH_CHARACTERS`.
    #[error("the search is too long: use at most {limit} characters")]
    TooLong {
        /// The limit.
        limit: u64,
    },
    /// The centre cannot answer now.
    #[error("the centre cannot search now: {0}")]
    Unavailable(String),
}

/// Finds persons.
pub trait PersonSearch: Send + Sync {
    /// Searches, and audits the search (its text, not its results) before it answers.
    fn search(&self, request: SearchRequest) -> BoxFuture<'_, Result<SearchPage, SearchError>>;
}
