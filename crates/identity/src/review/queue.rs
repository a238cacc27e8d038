//! What waits, in the order in which it came: for the page on which it is worked off.

use super::list::{ReviewLine, lines};
use super::{NO_ALARM, PUT_OFF};
use crate::error::IdentityError;
use model::limits::REVIEW_PAGE_ROWS;
use store::Tx;
use store::link::{OldestAfter, count_open_reviews, count_open_reviews_of, oldest_open_reviews};

/// A page of what waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuePage {
    /// The reviews: alarms first, those put off last, the oldest first among equals.
    pub reviews: Vec<ReviewLine>,
    /// Where it goes on: rank, microseconds since when it waits, key.
    pub next: Option<(i64, i64, i64)>,
    /// How many wait in all.
    pub open_count: i64,
    /// How many of those are alarms.
    pub alarm_count: i64,
    /// How many are about a record of the domains asked for.
    pub fitting_count: i64,
}

/// The reviews that wait about a record of some domains (`None`: of any), after a place.
pub fn queue(
    tx: &mut Tx,
    domains: Option<&[i64]>,
    after: Option<(i64, i64, i64)>,
    page_rows: u64,
) -> Result<QueuePage, IdentityError> {
    let page_rows = page_rows.clamp(1, REVIEW_PAGE_ROWS);
    let (rank, opened_us, id) = after.unwrap_or((-1, i64::MIN, i64::MIN));
    let place = OldestAfter { rank, opened_us, id, put_off_priority: PUT_OFF / 2 + NO_ALARM };
    let asked = i64::try_from(page_rows).unwrap_or(i64::MAX).saturating_add(1);
    let mut rows = oldest_open_reviews(tx, place, domains, asked)?;
    let is_more = rows.len() as u64 > page_rows;
    rows.truncate(usize::try_from(page_rows).unwrap_or(usize::MAX));
    let last = rows.last().map(|row| {
        let rank = match (super::is_put_off(row), row.alarm) {
            (true, _) => 2,
            (false, true) => 0,
            (false, false) => 1,
        };
        (rank, row.opened.0, row.id)
    });
    let (open_count, alarm_count) = count_open_reviews(tx)?;
    let fitting_count = match domains {
        Some(domains) => count_open_reviews_of(tx, domains)?,
        None => open_count,
    };
    let reviews = lines(tx, &rows)?;
    let next = last.filter(|_| is_more);
    Ok(QueuePage { reviews, next, open_count, alarm_count, fitting_count })
}
