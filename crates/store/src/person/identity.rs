//! Identities: a patient's record in one domain, with what its messages said.

use super::one;
use crate::dialect::{int_list, text_list};
use crate::person_search::set_tokens;
use crate::{Row, StoreError, Tx};
use model::Timestamp;
use model::demographics::Demographics;
use serde::{Deserialize, Serialize};

statements! {
    COUNT_IDENTITIES = "person/count_identities",
    COUNT_IDENTITIES_OF_PERSON = "person/count_identities_of_person",
    IDENTITY_BY_LOCAL_ID = "person/identity_by_local_id",
    IDENTITY_BY_ID = "person/identity_by_id",
    IDENTITIES_BY_IDS = "person/identities_by_ids",
    IDENTITIES_OF_PERSON = "person/identities_of_person",
    IDENTITIES_OF_PERSONS = "person/identities_of_persons",
    INSERT_IDENTITY = "person/insert_identity",
    MOVE_IDENTITY = "person/move_identity",
    IDENTITIES_BY_LOCAL_IDS = "person/identities_by_local_ids",
    SET_SAID = "person/set_said",
    SET_DEMOGRAPHICS = "person/set_demographics",
}

/// A patient's record in one domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Key; the sharding key of documents and facts.
    pub id: i64,
    /// Domain.
    pub domain_id: i64,
    /// OID of the domain.
    pub domain_oid: String,
    /// ID in the domain. Opaque.
    pub local_id: String,
    /// The person it belongs to.
    pub person_id: i64,
    /// What is shown of it; empty until its source has said something.
    pub demographics: Demographics,
    /// 発生日時 of the message that `demographics` comes from; empty where there is none.
    pub sent: String,
    /// Whether that message was authoritative (ADT-00).
    pub authoritative: bool,
    /// What messages said, authoritative and other apart, as kept; see [`Identity::said`].
    pub said_json: String,
    /// Enrolled, neither withdrawn nor suspended: it takes part.
    pub enrolled: bool,
    /// When it was enrolled last, withdrawn, suspended or not.
    pub enrolled_at: Option<Timestamp>,
    /// Since when its enrolment is suspended, where it is.
    pub suspended_at: Option<Timestamp>,
    /// Whether its local ID is a community ID: what peers submit hangs off it. It belongs to
    /// whoever has that ID, and takes part while another identity of that person does.
    pub is_affinity: bool,
}

impl Identity {
    /// What messages said, authoritative and other apart.
    pub fn said(&self) -> Result<Said, StoreError> {
        from_json(&self.said_json, "said")
    }
}

/// The newest message of each authority about one identity.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Said {
    /// The newest ADT-00.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authoritative: Option<Saying>,
    /// The newest PID of any other message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other: Option<Saying>,
}

/// Demographics with the time of their message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saying {
    /// 発生日時, digits as received; compared as text.
    pub sent: String,
    /// What it said.
    pub demographics: Demographics,
}

/// What is shown of an identity from now on.
#[derive(Debug, Clone)]
pub struct NewDemographics<'a> {
    /// The identity.
    pub identity_id: i64,
    /// What is shown.
    pub demographics: &'a Demographics,
    /// 発生日時 of the message it comes from.
    pub sent: &'a str,
    /// Whether that was authoritative.
    pub authoritative: bool,
    /// What messages said.
    pub said: &'a Said,
    /// `YYYYMMDD`, where the day is known.
    pub birth_day: Option<i64>,
    /// Search keys; each once.
    pub tokens: &'a [String],
}

/// Identities.
pub fn count_identities(tx: &mut Tx) -> Result<i64, StoreError> {
    one(tx.query_opt(&COUNT_IDENTITIES, params![], |row| row.int(0)))
}

/// Identities of one person.
pub fn count_identities_of_person(tx: &mut Tx, person_id: i64) -> Result<i64, StoreError> {
    one(tx.query_opt(&COUNT_IDENTITIES_OF_PERSON, params![person_id], |row| row.int(0)))
}

/// The identity of a local ID, compared as it is: leading zeros count.
pub fn identity_by_local_id(
    tx: &mut Tx,
    domain_oid: &str,
    local_id: &str,
) -> Result<Option<Identity>, StoreError> {
    tx.query_opt(&IDENTITY_BY_LOCAL_ID, params![domain_oid, local_id], identity)
}

/// The identity of a key.
pub fn identity_by_id(tx: &mut Tx, identity_id: i64) -> Result<Option<Identity>, StoreError> {
    tx.query_opt(&IDENTITY_BY_ID, params![identity_id], identity)
}

/// The identities of some keys, in their order.
pub fn identities_by_ids(tx: &mut Tx, identities: &[i64]) -> Result<Vec<Identity>, StoreError> {
    tx.query(&IDENTITIES_BY_IDS, params![&int_list(identities)], identity)
}

/// The identities of a person, enrolled or not, in the order of their keys.
pub fn identities_of_person(tx: &mut Tx, person_id: i64) -> Result<Vec<Identity>, StoreError> {
    tx.query(&IDENTITIES_OF_PERSON, params![person_id], identity)
}

/// The identities of several persons, in the order of persons and keys.
pub fn identities_of_persons(tx: &mut Tx, persons: &[i64]) -> Result<Vec<Identity>, StoreError> {
    tx.query(&IDENTITIES_OF_PERSONS, params![&int_list(persons)], identity)
}

/// The identities of several local IDs of one domain, in the order of their keys.
pub fn identities_by_local_ids(
    tx: &mut Tx,
    domain_id: i64,
    local_ids: &[String],
) -> Result<Vec<Identity>, StoreError> {
    tx.query(&IDENTITIES_BY_LOCAL_IDS, params![domain_id, &text_list(local_ids)], identity)
}

/// A new identity without demographics, or `None` where the local ID is known already.
pub fn insert_identity(
    tx: &mut Tx,
    domain_id: i64,
    local_id: &str,
    person_id: i64,
    now: Timestamp,
) -> Result<Option<i64>, StoreError> {
    tx.query_opt(&INSERT_IDENTITY, params![domain_id, local_id, person_id, now], |row| row.int(0))
}

/// Puts an identity under another person. Documents and facts stay where they are.
pub fn move_identity(
    tx: &mut Tx,
    identity_id: i64,
    person_id: i64,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(&MOVE_IDENTITY, params![identity_id, person_id, now]).map(drop)
}

/// Keeps what was said where it changes nothing that is shown.
pub fn set_said(tx: &mut Tx, id: i64, said: &Said, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(&SET_SAID, params![id, &json(said)?, now]).map(drop)
}

/// Writes demographics and makes the search keys anew.
pub fn set_demographics(
    tx: &mut Tx,
    new: &NewDemographics<'_>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let shown = json(new.demographics)?;
    let said = json(new.said)?;
    tx.execute(
        &SET_DEMOGRAPHICS,
        params![
            new.identity_id,
            &shown,
            new.sent,
            new.authoritative,
            &said,
            new.birth_day,
            &new.demographics.sex,
            now
        ],
    )?;
    set_tokens(tx, new.identity_id, new.tokens)
}

fn identity(row: &Row<'_>) -> Result<Identity, StoreError> {
    let enrolled_at = row.opt_int(9)?.map(Timestamp);
    let suspended_at = row.opt_int(12)?.map(Timestamp);
    let is_withdrawn = row.opt_int(10)?.is_some();
    Ok(Identity {
        id: row.int(0)?,
        domain_id: row.int(1)?,
        domain_oid: row.text(2)?,
        local_id: row.text(3)?,
        person_id: row.int(4)?,
        demographics: from_json(row.text_ref(5)?, "demographics")?,
        sent: row.text(6)?,
        authoritative: row.flag(7)?,
        said_json: row.text(8)?,
        enrolled: enrolled_at.is_some() && !is_withdrawn && suspended_at.is_none(),
        enrolled_at,
        suspended_at,
        is_affinity: row.flag(11)?,
    })
}

fn json<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Damaged(error.to_string()))
}

fn from_json<'a, T: Deserialize<'a>>(text: &'a str, what: &str) -> Result<T, StoreError> {
    serde_json::from_str(text)
        .map_err(|error| StoreError::Damaged(format!("{what} of an identity: {error}")))
}
