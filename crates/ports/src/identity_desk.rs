//! IdentityDesk: how pages show which records are of one human, and change it. Every view and
//! every act is audited; what an account has no desk for is as if it were not there.

use access::Viewer;
use futures::future::BoxFuture;
use model::{CommunityId, Contradiction};
use std::collections::BTreeMap;
use store::consent::Consent;
use store::person::{Event, Identity, Person};
use store::source::FacilityRow;
use thiserror::Error;

use crate::person_search::{Reading, SearchError};

/// Who works at the desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clerk {
    /// Who looks, for the decision.
    pub viewer: Viewer,
    /// The login, for events and audit records.
    pub actor: String,
}

/// Where records come from, to name them on a page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Places {
    /// By domain: the facilities whose sources number their patients in it, with the source.
    pub domains: BTreeMap<i64, Vec<(FacilityRow, String)>>,
    /// Every facility by its key.
    pub facilities: BTreeMap<i64, FacilityRow>,
}

/// A person that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeskHit {
    /// The person.
    pub person: Person,
    /// Its records, enrolled or not.
    pub records: Vec<Identity>,
    /// `false` where a name fits and the birth date typed beside it does not.
    pub birth_fits: bool,
}

/// What a search found: those whose birth date fits first, then by reading, birth date, ID.
#[derive(Debug, Clone, Default)]
pub struct DeskSearch {
    /// How the text was read.
    pub readings: Vec<Reading>,
    /// The persons of this page.
    pub hits: Vec<DeskHit>,
    /// All persons found.
    pub found_count: usize,
    /// Where the next page begins, if there is one.
    pub next: Option<CommunityId>,
    /// More than `SEARCH_CANDIDATES` fit: nothing is shown.
    pub is_too_many: bool,
    /// Where the records come from.
    pub places: Places,
}

/// What was done to a record, and whether it can be taken back from here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The event.
    pub event: Event,
    /// The event that took it back.
    pub undone_by: Option<i64>,
    /// Whether it is the last one of its record that stands and can be taken back.
    pub may_undo: bool,
}

/// A person with everything that makes it one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonFile {
    /// The person.
    pub person: Person,
    /// Its records, without the derived one of its community ID.
    pub records: Vec<Identity>,
    /// How many lines of the timeline hang off each record that has any.
    pub entry_counts: BTreeMap<i64, i64>,
    /// In what the enrolled records contradict each other.
    pub contradiction: Contradiction,
    /// Every consent, withdrawn ones too, in the order recorded.
    pub consents: Vec<Consent>,
    /// What was done to the records, in its order.
    pub history: Vec<Step>,
    /// Persons that the history names: their community IDs by key.
    pub community_ids: BTreeMap<i64, CommunityId>,
    /// Where the records come from.
    pub places: Places,
}

/// An act on one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// It is somebody else than the other records of its person: its last link is taken back, or
    /// it gets a person of its own.
    Split {
        /// The record.
        identity_id: i64,
    },
    /// It is of a person known otherwise.
    Link {
        /// The record.
        identity_id: i64,
        /// The person, by its key.
        person_id: i64,
        /// Although a known birth date or sex contradicts that of a record of the person.
        despite_differences: bool,
    },
    /// A link, a parting or a merge is taken back.
    Undo {
        /// The event.
        event_id: i64,
    },
    /// A review of linkage is answered.
    Decide {
        /// The review.
        review_id: i64,
        /// The answer.
        verdict: Verdict,
        /// They are one although known birth dates or sexes contradict each other.
        despite_differences: bool,
    },
    /// The last answer to a review is taken back.
    UndoDecision {
        /// The decision.
        decision_id: i64,
    },
}

impl Act {
    /// Whether it is an answer to a review, or takes one back.
    pub fn is_of_review(&self) -> bool {
        matches!(self, Act::Decide { .. } | Act::UndoDecision { .. })
    }

    /// Whether a reason is kept with it.
    pub fn needs_reason(&self) -> bool {
        !matches!(self, Act::UndoDecision { .. })
    }
}

/// An answer to a review.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// 同一人物: both persons become one.
    Same,
    /// 別人: no machine links them again.
    NotSame,
    /// 保留: it goes to the end of the queue.
    Later,
}

impl Verdict {
    /// Every answer.
    pub const ALL: [Verdict; 3] = [Verdict::Same, Verdict::NotSame, Verdict::Later];

    /// The stable name, as in addresses and in the database.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Same => "same",
            Verdict::NotSame => "not-same",
            Verdict::Later => "later",
        }
    }
}

/// One person before or after an act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The person.
    pub person_id: i64,
    /// Its community ID; `None` for a person whom the act makes, with an ID still to be drawn.
    pub community_id: Option<CommunityId>,
    /// Where its community ID leads, once its last record has gone.
    pub leads_to: Option<CommunityId>,
    /// Its records.
    pub records: Vec<Identity>,
    /// The facilities whose users may see something, by consent in force.
    pub viewers: Vec<i64>,
    /// In what its records contradict each other.
    pub contradiction: Contradiction,
}

/// What an act would do, found out by doing it and taking everything back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    /// The person of the page to go back to.
    pub person_id: i64,
    /// The records that get another person.
    pub moved: Vec<i64>,
    /// The persons concerned as they are.
    pub before: Vec<Group>,
    /// The same persons afterwards, with one that is made by it.
    pub after: Vec<Group>,
    /// How many lines of the timeline hang off each record that has any.
    pub entry_counts: BTreeMap<i64, i64>,
    /// A known birth date or sex contradicts: it is refused unless said expressly.
    pub needs_despite_differences: bool,
    /// Stands for `before`: an act is done only to what was shown.
    pub mark: String,
    /// Where the records come from.
    pub places: Places,
}

/// An act that was confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// What to do.
    pub act: Act,
    /// The mark of the effect that was shown.
    pub mark: String,
    /// On what it rests, kept with the event.
    pub reason: String,
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Done {
    /// The event, or the decision about a review, to take it back by.
    pub event_id: i64,
    /// The record; of a review the first of both.
    pub identity_id: i64,
    /// The person whose record it was.
    pub person_before: i64,
    /// The person whose record it is.
    pub person_after: i64,
}

/// Why an act cannot be done.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ActRefusal {
    /// A known birth date or sex contradicts, and nobody said that it is one human all the same.
    #[error("known birth dates or sexes contradict each other")]
    Contradiction,
    /// The record is the only one of its person.
    #[error("the person has no other record")]
    OnlyRecord,
    /// The record is that person's already.
    #[error("the record is of that person already")]
    SamePerson,
    /// It was taken back before.
    #[error("the event was taken back already")]
    TakenBack,
    /// A later event of the record stands.
    #[error("event {later} came after it")]
    Superseded {
        /// That event.
        later: i64,
    },
    /// It moved nothing, or took something back itself.
    #[error("the event cannot be taken back")]
    NotUndoable,
    /// The review waits no more.
    #[error("the review was answered already")]
    Answered,
    /// Somebody has said of two of these records that they are two people.
    #[error("{actor} has said that they are two people")]
    KeptApart {
        /// Who said so.
        actor: String,
    },
    /// No reason, or more than `IDENTITY_REASON_CHARACTERS`.
    #[error("a reason of at most {limit} characters is needed")]
    Reason {
        /// The limit.
        limit: u64,
    },
}

/// Why the desk gives no answer.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DeskError {
    /// Not there, or not for this account: pages show the same for both.
    #[error("not there, or not for this account")]
    Closed,
    /// The search was not made.
    #[error("nothing was searched")]
    Search(#[from] SearchError),
    /// The act cannot be done.
    #[error("it cannot be done")]
    Refused(#[from] ActRefusal),
    /// Something was changed since the effect was shown.
    #[error("the records have changed since the effect was shown")]
    Changed,
    /// The centre cannot answer now.
    #[error("the centre cannot answer now: {0}")]
    Unavailable(String),
}

/// Shows and changes which records are of one human.
pub trait IdentityDesk: Send + Sync {
    /// Finds persons by name, reading, birth date, community ID or local ID, in any mix.
    fn find(
        &self,
        clerk: Clerk,
        text: String,
        after: Option<CommunityId>,
    ) -> BoxFuture<'_, Result<DeskSearch, DeskError>>;

    /// A person; one that was merged is its survivor.
    fn person(&self, clerk: Clerk, person_id: i64) -> BoxFuture<'_, Result<PersonFile, DeskError>>;

    /// What an act would do. Changes nothing.
    fn preview(&self, clerk: Clerk, act: Act) -> BoxFuture<'_, Result<Effect, DeskError>>;

    /// Does what was shown.
    fn perform(&self, clerk: Clerk, order: Order) -> BoxFuture<'_, Result<Done, DeskError>>;
}
