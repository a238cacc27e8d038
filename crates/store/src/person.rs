//! Persons, and which identities of theirs take part.

pub(crate) mod event;
pub(crate) mod identity;

use crate::dialect::int_list;
use crate::{Row, StoreError, Tx};
use model::{CommunityId, Timestamp};

pub use event::{
    Event, EventKind, NewEvent, event_by_id, events_of_identity, events_of_person, insert_event,
};
pub use identity::{
    Identity, NewDemographics, Said, Saying, count_identities, count_identities_of_person,
    identities_by_ids, identities_by_local_ids, identities_of_person, identities_of_persons,
    identity_by_id, identity_by_local_id, insert_identity, move_identity, set_demographics,
    set_said,
};

statements! {
    DOMAIN_BY_OID = "person/domain_by_oid",
    INSERT_PERSON = "person/insert_person",
    BY_ID = "person/by_id",
    BY_IDS = "person/by_ids",
    BY_COMMUNITY_ID = "person/by_community_id",
    SET_MERGED_INTO = "person/set_merged_into",
    COUNT_PERSONS = "person/count_persons",
    PUT_ENROLMENT = "person/put_enrolment",
    WITHDRAW_ENROLMENT = "person/withdraw_enrolment",
    SUSPEND_ENROLMENT = "person/suspend_enrolment",
    RESUME_ENROLMENT = "person/resume_enrolment",
    COUNT_ENROLMENTS = "person/count_enrolments",
    DOMAIN_FACILITIES = "person/domain_facilities",
}

/// A person: a grouping of identities.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Key.
    pub id: i64,
    /// 統合ID.
    pub community_id: CommunityId,
    /// The person that took over the last identity of this one; its community ID leads there.
    pub merged_into: Option<i64>,
    /// When it was made.
    pub created: Timestamp,
}

/// The domain of an OID.
pub fn domain_by_oid(tx: &mut Tx, oid: &str) -> Result<Option<i64>, StoreError> {
    tx.query_opt(&DOMAIN_BY_OID, params![oid], |row| row.int(0))
}

/// A new person, or `None` where the community ID is taken.
pub fn insert_person(
    tx: &mut Tx,
    community_id: &CommunityId,
    now: Timestamp,
) -> Result<Option<i64>, StoreError> {
    tx.query_opt(&INSERT_PERSON, params![community_id.digits(), now], |row| row.int(0))
}

/// The person of a key.
pub fn by_id(tx: &mut Tx, person_id: i64) -> Result<Option<Person>, StoreError> {
    tx.query_opt(&BY_ID, params![person_id], person)
}

/// The persons of several keys, in the order of their keys.
pub fn by_ids(tx: &mut Tx, person_ids: &[i64]) -> Result<Vec<Person>, StoreError> {
    tx.query(&BY_IDS, params![&int_list(person_ids)], person)
}

/// The person that was given a community ID, merged or not.
pub fn by_community_id(tx: &mut Tx, id: &CommunityId) -> Result<Option<Person>, StoreError> {
    tx.query_opt(&BY_COMMUNITY_ID, params![id.digits()], person)
}

/// Says into which person this one's identities went, or that it stands for itself again.
pub fn set_merged_into(tx: &mut Tx, person_id: i64, into: Option<i64>) -> Result<(), StoreError> {
    tx.execute(&SET_MERGED_INTO, params![person_id, into]).map(drop)
}

/// Persons that have an identity.
pub fn count_persons(tx: &mut Tx) -> Result<i64, StoreError> {
    one(tx.query_opt(&COUNT_PERSONS, params![], |row| row.int(0)))
}

/// Enrols an identity, for the first time or again.
pub fn put_enrolment(
    tx: &mut Tx,
    identity_id: i64,
    now: Timestamp,
    actor: &str,
) -> Result<(), StoreError> {
    tx.execute(&PUT_ENROLMENT, params![identity_id, now, actor]).map(drop)
}

/// Ends an enrolment; `false` where there was none.
pub fn withdraw_enrolment(
    tx: &mut Tx,
    identity_id: i64,
    now: Timestamp,
    actor: &str,
) -> Result<bool, StoreError> {
    Ok(tx.execute(&WITHDRAW_ENROLMENT, params![identity_id, now, actor])? > 0)
}

/// Suspends an enrolment; `false` where there is none, or it is suspended.
pub fn suspend_enrolment(
    tx: &mut Tx,
    identity_id: i64,
    now: Timestamp,
    actor: &str,
) -> Result<bool, StoreError> {
    Ok(tx.execute(&SUSPEND_ENROLMENT, params![identity_id, now, actor])? > 0)
}

/// Ends the suspension of an enrolment; `false` where there is none.
pub fn resume_enrolment(tx: &mut Tx, identity_id: i64, actor: &str) -> Result<bool, StoreError> {
    Ok(tx.execute(&RESUME_ENROLMENT, params![identity_id, actor])? > 0)
}

/// Enrolments by what holds of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct EnrolmentCounts {
    /// Those that take part.
    pub enrolled: i64,
    /// Those that are suspended.
    pub suspended: i64,
    /// Those that ended.
    pub withdrawn: i64,
}

/// Counts enrolments.
pub fn count_enrolments(tx: &mut Tx) -> Result<EnrolmentCounts, StoreError> {
    let counts = tx.query_opt(&COUNT_ENROLMENTS, params![], |row| {
        Ok(EnrolmentCounts {
            enrolled: row.int(0)?,
            suspended: row.int(1)?,
            withdrawn: row.int(2)?,
        })
    })?;
    Ok(counts.unwrap_or_default())
}

/// Which facilities' sources number their patients in which domain: pairs of domain and facility.
pub fn domain_facilities(tx: &mut Tx) -> Result<Vec<(i64, i64)>, StoreError> {
    tx.query(&DOMAIN_FACILITIES, params![], |row| Ok((row.int(0)?, row.int(1)?)))
}

fn person(row: &Row<'_>) -> Result<Person, StoreError> {
    let digits = row.text_ref(1)?;
    Ok(Person {
        id: row.int(0)?,
        community_id: digits
            .parse()
            .map_err(|error| StoreError::Damaged(format!("community id {digits}: {error}")))?,
        merged_into: row.opt_int(2)?,
        created: Timestamp(row.int(3)?),
    })
}

fn one(found: Result<Option<i64>, StoreError>) -> Result<i64, StoreError> {
    found?.ok_or_else(|| StoreError::Damaged("a statement that gives one row gave none".to_owned()))
}
