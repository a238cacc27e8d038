//! What waits for a human.

use super::{Question, is_put_off, question, score};
use crate::error::IdentityError;
use crate::linkage::Millibits;
use model::demographics::Demographics;
use model::limits::REVIEW_PAGE_ROWS;
use model::{CommunityId, Timestamp};
use std::collections::BTreeMap;
use store::link::{ReviewRow, count_open_reviews, open_reviews};
use store::person::{Identity, identities_by_ids};
use store::{Tx, person};

/// A page of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewPage {
    /// The reviews: alarms first, then by evidence, put off ones last.
    pub reviews: Vec<ReviewLine>,
    /// Where the list goes on; `None` at its end.
    pub next: Option<ReviewCursor>,
    /// How many wait in all.
    pub open_count: i64,
    /// How many of those are alarms.
    pub alarm_count: i64,
}

/// A place in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReviewCursor {
    /// Priority of the last review of a page.
    pub priority: i64,
    /// Its key.
    pub id: i64,
}

/// A review in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewLine {
    /// Key.
    pub id: i64,
    /// The one identity.
    pub one: ReviewIdentity,
    /// The other one.
    pub other: ReviewIdentity,
    /// What is asked.
    pub question: Question,
    /// Evidence that they are one: log2 of the odds, in thousandths.
    pub score_millibits: Millibits,
    /// Whether somebody put it off.
    pub is_put_off: bool,
    /// Since when it waits.
    pub opened: Timestamp,
}

/// An identity in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewIdentity {
    /// Key.
    pub identity_id: i64,
    /// OID of its patient-ID domain.
    pub domain_oid: String,
    /// ID there.
    pub local_id: String,
    /// What its source says, as received.
    pub demographics: Demographics,
    /// The person that it belongs to.
    pub community_id: CommunityId,
}

/// The reviews that wait, after a place (`None`: from the first), at most
/// [`REVIEW_PAGE_ROWS`].
pub fn list(
    tx: &mut Tx,
    after: Option<ReviewCursor>,
    page_rows: u64,
) -> Result<ReviewPage, IdentityError> {
    let page_rows = page_rows.clamp(1, REVIEW_PAGE_ROWS);
    let place = after.map_or((i64::MIN, i64::MIN), |cursor| (cursor.priority, cursor.id));
    let asked = i64::try_from(page_rows).unwrap_or(i64::MAX).saturating_add(1);
    let mut rows = open_reviews(tx, place, asked)?;
    let is_more = rows.len() as u64 > page_rows;
    rows.truncate(usize::try_from(page_rows).unwrap_or(usize::MAX));
    let last = rows.last().map(|row| ReviewCursor { priority: row.priority, id: row.id });
    let (open_count, alarm_count) = count_open_reviews(tx)?;
    Ok(ReviewPage {
        reviews: lines(tx, &rows)?,
        next: last.filter(|_| is_more),
        open_count,
        alarm_count,
    })
}

/// Reviews with their identities.
pub(super) fn lines(tx: &mut Tx, rows: &[ReviewRow]) -> Result<Vec<ReviewLine>, IdentityError> {
    let ids: Vec<i64> = rows.iter().flat_map(|row| [row.one, row.other]).collect();
    let identities: BTreeMap<i64, Identity> =
        identities_by_ids(tx, &ids)?.into_iter().map(|identity| (identity.id, identity)).collect();
    let persons: Vec<i64> = identities.values().map(|identity| identity.person_id).collect();
    let community_ids: BTreeMap<i64, CommunityId> =
        person::by_ids(tx, &persons)?.into_iter().map(|it| (it.id, it.community_id)).collect();
    let side = |id: i64| -> Result<ReviewIdentity, IdentityError> {
        let identity = identities.get(&id).ok_or(IdentityError::NoSuchIdentity(id))?;
        let community_id = community_ids
            .get(&identity.person_id)
            .ok_or_else(|| IdentityError::NoSuchPerson(identity.person_id.to_string()))?;
        Ok(ReviewIdentity {
            identity_id: id,
            domain_oid: identity.domain_oid.clone(),
            local_id: identity.local_id.clone(),
            demographics: identity.demographics.clone(),
            community_id: community_id.clone(),
        })
    };
    let line = |row: &ReviewRow| {
        Ok(ReviewLine {
            id: row.id,
            one: side(row.one)?,
            other: side(row.other)?,
            question: question(row)?,
            score_millibits: score(row),
            is_put_off: is_put_off(row),
            opened: row.opened,
        })
    };
    rows.iter().map(line).collect()
}
