//! Questions to a human: may these two be one?

use crate::dialect::int_list;
use crate::{Row, StoreError, Tx};
use model::Timestamp;

statements! {
    INSERT = "link_review/insert",
    RENEW = "link_review/renew",
    SET_STATE = "link_review/set_state",
    SET_PRIORITY = "link_review/set_priority",
    BY_ID = "link_review/by_id",
    OPEN_PAGE = "link_review/open_page",
    OPEN_OF_IDENTITIES = "link_review/open_of_identities",
    OPEN_OLDEST = "link_review/open_oldest",
    COUNT_OPEN_OF_DOMAINS = "link_review/count_open_of_domains",
    COUNT_OPEN = "link_review/count_open",
}

/// A question to write, or to write anew.
#[derive(Debug, Clone)]
pub struct NewReview<'a> {
    /// Identity, the smaller one.
    pub one: i64,
    /// The other identity.
    pub other: i64,
    /// They stand under one person and contradict each other.
    pub alarm: bool,
    /// Smaller ones come first.
    pub priority: i64,
    /// Why no machine decides, as JSON.
    pub reason: &'a str,
    /// Evidence that they are one.
    pub score_millibits: i64,
    /// The evidence field by field, as JSON.
    pub explanation: &'a str,
}

/// A question as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewRow {
    /// Key.
    pub id: i64,
    /// Identity, the smaller one.
    pub one: i64,
    /// The other identity.
    pub other: i64,
    /// Whether it waits, and what came of it.
    pub state: String,
    /// They stand under one person and contradict each other.
    pub alarm: bool,
    /// Smaller ones come first.
    pub priority: i64,
    /// Why no machine decides, as JSON.
    pub reason: String,
    /// Evidence that they are one.
    pub score_millibits: i64,
    /// The evidence field by field, as JSON.
    pub explanation: String,
    /// Since when it waits.
    pub opened: Timestamp,
    /// When it changed last.
    pub changed: Timestamp,
}

/// Asks; gives the question's key.
pub fn insert_review(tx: &mut Tx, new: &NewReview<'_>, now: Timestamp) -> Result<i64, StoreError> {
    let values = params![
        new.one,
        new.other,
        new.alarm,
        new.priority,
        new.reason,
        new.score_millibits,
        new.explanation,
        now
    ];
    let id = tx.query_opt(&INSERT, values, |row| row.int(0))?;
    id.ok_or_else(|| StoreError::Damaged("an insert gave no key".to_owned()))
}

/// Writes a question anew: its evidence has changed.
pub fn renew_review(
    tx: &mut Tx,
    review_id: i64,
    new: &NewReview<'_>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let values = params![
        review_id,
        new.alarm,
        new.priority,
        new.reason,
        new.score_millibits,
        new.explanation,
        now
    ];
    tx.execute(&RENEW, values).map(drop)
}

/// Says what came of a question, or that it waits again (`open`).
pub fn set_review_state(
    tx: &mut Tx,
    review_id: i64,
    state: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(&SET_STATE, params![review_id, state, now]).map(drop)
}

/// Puts a question elsewhere in the list.
pub fn set_review_priority(
    tx: &mut Tx,
    review_id: i64,
    priority: i64,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(&SET_PRIORITY, params![review_id, priority, now]).map(drop)
}

/// One question.
pub fn review_by_id(tx: &mut Tx, review_id: i64) -> Result<Option<ReviewRow>, StoreError> {
    tx.query_opt(&BY_ID, params![review_id], review)
}

/// The questions that wait, after one of a priority and key.
pub fn open_reviews(
    tx: &mut Tx,
    (priority, id): (i64, i64),
    page_rows: i64,
) -> Result<Vec<ReviewRow>, StoreError> {
    tx.query(&OPEN_PAGE, params![priority, id, page_rows], review)
}

/// After which question a page of the oldest begins, and how it is told what was put off.
#[derive(Debug, Clone, Copy)]
pub struct OldestAfter {
    /// 0 alarm, 1 waits, 2 put off.
    pub rank: i64,
    /// Since when it waits.
    pub opened_us: i64,
    /// Its key.
    pub id: i64,
    /// What was put off has a priority above this.
    pub put_off_priority: i64,
}

/// The questions that wait, alarms first, those put off last, the oldest first among equals;
/// `domains` are those of which one of the records must be, `None` is any.
pub fn oldest_open_reviews(
    tx: &mut Tx,
    after: OldestAfter,
    domains: Option<&[i64]>,
    page_rows: i64,
) -> Result<Vec<ReviewRow>, StoreError> {
    let listed = int_list(domains.unwrap_or_default());
    let OldestAfter { rank, opened_us, id, put_off_priority } = after;
    let every = i64::from(domains.is_none());
    let values = params![rank, opened_us, id, page_rows, put_off_priority, every, &listed];
    tx.query(&OPEN_OLDEST, values, review)
}

/// How many questions wait about a record of some domains.
pub fn count_open_reviews_of(tx: &mut Tx, domains: &[i64]) -> Result<i64, StoreError> {
    let count =
        tx.query_opt(&COUNT_OPEN_OF_DOMAINS, params![&int_list(domains)], |row| row.int(0))?;
    Ok(count.unwrap_or(0))
}

/// The questions that wait about any of some identities, the oldest first.
pub fn open_reviews_of(tx: &mut Tx, identities: &[i64]) -> Result<Vec<ReviewRow>, StoreError> {
    tx.query(&OPEN_OF_IDENTITIES, params![&int_list(identities)], review)
}

/// How many questions wait, and how many of them are alarms.
pub fn count_open_reviews(tx: &mut Tx) -> Result<(i64, i64), StoreError> {
    let counts = tx.query_opt(&COUNT_OPEN, params![], |row| Ok((row.int(0)?, row.int(1)?)))?;
    Ok(counts.unwrap_or_default())
}

fn review(row: &Row<'_>) -> Result<ReviewRow, StoreError> {
    Ok(ReviewRow {
        id: row.int(0)?,
        one: row.int(1)?,
        other: row.int(2)?,
        state: row.text(3)?,
        alarm: row.int(4)? != 0,
        priority: row.int(5)?,
        reason: row.text(6)?,
        score_millibits: row.int(7)?,
        explanation: row.text(8)?,
        opened: Timestamp(row.int(9)?),
        changed: Timestamp(row.int(10)?),
    })
}
