//! LinkageReview: pairs of records of which no machine decides whether they are one human, for
//! pages. Answers are acts of the [`IdentityDesk`](crate::IdentityDesk). Names of fields, levels,
//! conditions and vetoes are those that `identity` keeps.

use crate::identity_desk::{Clerk, DeskError, Places};
use futures::future::BoxFuture;
use model::{CommunityId, Contradiction, Timestamp};
use store::person::Identity;

/// What waits, the alarms first, put off ones last, the oldest first among equals.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReviewQueue {
    /// The reviews of this page.
    pub lines: Vec<ReviewLine>,
    /// Where the next page begins, if there is one.
    pub next: Option<QueuePlace>,
    /// How many wait in all, of every source.
    pub open_count: i64,
    /// How many of those are alarms.
    pub alarm_count: i64,
    /// How many fit the filter.
    pub fitting_count: i64,
    /// Where the records come from.
    pub places: Places,
}

/// A place in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueuePlace {
    /// 0 alarm, 1 waits, 2 put off.
    pub rank: i64,
    /// Since when the last review of a page waits, in UTC microseconds.
    pub opened_us: i64,
    /// Its key.
    pub id: i64,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReviewQuestion {
    /// May the two be one human? With the name of the reason for which no machine linked them, and
    /// of the veto, if that is the reason.
    MayBeOne {
        /// `vetoed`, `gate`, `score`, …
        reason: String,
        /// `same-domain`, `given-writing-differs`, …
        veto: Option<String>,
    },
    /// They stand under one person and contradict each other.
    Contradiction(Contradiction),
}

/// A review in the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewLine {
    /// Key.
    pub id: i64,
    /// Both records.
    pub records: [Identity; 2],
    /// The community IDs of their persons.
    pub community_ids: [CommunityId; 2],
    /// What is asked.
    pub question: ReviewQuestion,
    /// Evidence that they are one: log2 of the odds, in thousandths.
    pub score_millibits: i32,
    /// Whether somebody put it off.
    pub is_put_off: bool,
    /// Since when it waits.
    pub opened: Timestamp,
}

/// What one field says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewField {
    /// Its name: `given-name`, `birth-date`, …
    pub name: &'static str,
    /// What both sources said.
    pub raw: [String; 2],
    /// What was compared.
    pub normalised: [String; 2],
    /// How they agree: `exact`, `one-edit`, `missing`, …
    pub level: &'static str,
    /// Its bits, in thousandths.
    pub millibits: i32,
}

/// The evidence of a pair. Fields, cap and prior add up to the total.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReviewEvidence {
    /// Every field, those that say nothing included.
    pub fields: Vec<ReviewField>,
    /// What the household cap took away (negative) or gave back.
    pub household_millibits: i32,
    /// log2 of the odds before anything was compared.
    pub prior_millibits: i32,
    /// The sum.
    pub total_millibits: i32,
    /// The conditions of the gate: name, whether it holds, why.
    pub gate: Vec<(String, bool, String)>,
    /// What forbids a machine to link.
    pub vetoes: Vec<String>,
    /// The person that comes next: a record of it, and its evidence.
    pub runner_up: Option<(Identity, i32)>,
    /// The version of the weights.
    pub weights_version: String,
}

/// An answer that was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewDecision {
    /// Key.
    pub id: i64,
    /// `same`, `not-same` or `later`.
    pub verdict: &'static str,
    /// By whom.
    pub actor: String,
    /// When.
    pub at: Timestamp,
    /// On what grounds.
    pub note: String,
    /// When it was taken back, and by whom.
    pub undone: Option<(Timestamp, String)>,
}

/// A review, opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewCase {
    /// What the queue says of it.
    pub line: ReviewLine,
    /// The persons of both records, by their keys.
    pub persons: [i64; 2],
    /// Whether it waits: `open`, else what came of it.
    pub state: &'static str,
    /// The evidence; `None` where it was not kept.
    pub evidence: Option<ReviewEvidence>,
    /// The answers, in their order.
    pub decisions: Vec<ReviewDecision>,
    /// The answer that can be taken back.
    pub last_decision: Option<i64>,
    /// Where the records come from.
    pub places: Places,
}

/// Shows what waits for a human.
pub trait LinkageReview: Send + Sync {
    /// A page of the queue; `source` is the name of a source of which one of the records must be.
    fn queue(
        &self,
        clerk: Clerk,
        source: Option<String>,
        after: Option<QueuePlace>,
    ) -> BoxFuture<'_, Result<ReviewQueue, DeskError>>;

    /// One review; audited as a view of both persons.
    fn case(&self, clerk: Clerk, review_id: i64) -> BoxFuture<'_, Result<ReviewCase, DeskError>>;
}
