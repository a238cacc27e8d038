//! Persons, identities, their search keys, the events that tie them, enrolment.

use crate::dialect::int_list;
use crate::person_search::set_tokens;
use crate::{Row, StoreError, Tx};
use model::demographics::Demographics;
use model::{CommunityId, Timestamp};
use serde::{Deserialize, Serialize};

statements! {
    DOMAIN_BY_OID = "person/domain_by_oid",
    INSERT_PERSON = "person/insert_person",
    BY_ID = "person/by_id",
    BY_IDS = "person/by_ids",
    BY_COMMUNITY_ID = "person/by_community_id",
    SET_MERGED_INTO = "person/set_merged_into",
    COUNT_PERSONS = "person/count_persons",
    COUNT_IDENTITIES = "person/count_identities",
    COUNT_IDENTITIES_OF_PERSON = "person/count_identities_of_person",
    IDENTITY_BY_LOCAL_ID = "person/identity_by_local_id",
    IDENTITY_BY_ID = "person/identity_by_id",
    IDENTITIES_OF_PERSON = "person/identities_of_person",
    IDENTITIES_OF_PERSONS = "person/identities_of_persons",
    INSERT_IDENTITY = "person/insert_identity",
    MOVE_IDENTITY = "person/move_identity",
    SET_SAID = "person/set_said",
    SET_DEMOGRAPHICS = "person/set_demographics",
    INSERT_EVENT = "person/insert_event",
    EVENT_BY_ID = "person/event_by_id",
    EVENTS_OF_IDENTITY = "person/events_of_identity",
    PUT_ENROLMENT = "person/put_enrolment",
    WITHDRAW_ENROLMENT = "person/withdraw_enrolment",
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
    /// Enrolled, and not withdrawn.
    pub enrolled: bool,
    /// When it was enrolled last, withdrawn or not.
    pub enrolled_at: Option<Timestamp>,
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

/// What an event did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EventKind {
    /// The identity came into being under a person.
    Created,
    /// It moved to another person.
    Linked,
    /// It moved back, or to a person of its own.
    Unlinked,
    /// It takes part.
    Enrolled,
    /// It takes part no more.
    Withdrawn,
    /// Its own source merged its ID into another one; it names nobody any more.
    Merged,
    /// That was taken back.
    Unmerged,
}

impl EventKind {
    const ALL: &'static [EventKind] = &[
        EventKind::Created,
        EventKind::Linked,
        EventKind::Unlinked,
        EventKind::Enrolled,
        EventKind::Withdrawn,
        EventKind::Merged,
        EventKind::Unmerged,
    ];

    /// The stable name in the database.
    pub fn name(self) -> &'static str {
        match self {
            EventKind::Created => "created",
            EventKind::Linked => "linked",
            EventKind::Unlinked => "unlinked",
            EventKind::Enrolled => "enrolled",
            EventKind::Withdrawn => "withdrawn",
            EventKind::Merged => "merged",
            EventKind::Unmerged => "unmerged",
        }
    }
}

/// An event to write. None is ever changed or removed.
#[derive(Debug, Clone)]
pub struct NewEvent<'a> {
    /// When.
    pub at: Timestamp,
    /// What.
    pub kind: EventKind,
    /// To which identity.
    pub identity_id: i64,
    /// The person before, if any.
    pub person_before: Option<i64>,
    /// The person after.
    pub person_after: Option<i64>,
    /// Who did it.
    pub actor: &'a str,
    /// Why, as JSON.
    pub evidence: &'a str,
    /// The event that this one takes back.
    pub undoes: Option<i64>,
}

/// An event as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Key; events of an identity happened in the order of their keys.
    pub id: i64,
    /// When.
    pub at: Timestamp,
    /// What.
    pub kind: EventKind,
    /// To which identity.
    pub identity_id: i64,
    /// The person before, if any.
    pub person_before: Option<i64>,
    /// The person after.
    pub person_after: Option<i64>,
    /// Who did it.
    pub actor: String,
    /// Why, as JSON.
    pub evidence: String,
    /// The event that this one takes back.
    pub undoes: Option<i64>,
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
    count(tx.query_opt(&COUNT_PERSONS, params![], |row| row.int(0)))
}

/// Identities.
pub fn count_identities(tx: &mut Tx) -> Result<i64, StoreError> {
    count(tx.query_opt(&COUNT_IDENTITIES, params![], |row| row.int(0)))
}

/// Identities of one person.
pub fn count_identities_of_person(tx: &mut Tx, person_id: i64) -> Result<i64, StoreError> {
    count(tx.query_opt(&COUNT_IDENTITIES_OF_PERSON, params![person_id], |row| row.int(0)))
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

/// The identities of a person, enrolled or not, in the order of their keys.
pub fn identities_of_person(tx: &mut Tx, person_id: i64) -> Result<Vec<Identity>, StoreError> {
    tx.query(&IDENTITIES_OF_PERSON, params![person_id], identity)
}

/// The identities of several persons, in the order of persons and keys.
pub fn identities_of_persons(tx: &mut Tx, persons: &[i64]) -> Result<Vec<Identity>, StoreError> {
    tx.query(&IDENTITIES_OF_PERSONS, params![&int_list(persons)], identity)
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

/// Writes an event; gives its key.
pub fn insert_event(tx: &mut Tx, event: &NewEvent<'_>) -> Result<i64, StoreError> {
    let written = tx.query_opt(
        &INSERT_EVENT,
        params![
            event.at,
            event.kind.name(),
            event.identity_id,
            event.person_before,
            event.person_after,
            event.actor,
            event.evidence,
            event.undoes
        ],
        |row| row.int(0),
    );
    count(written)
}

/// One event.
pub fn event_by_id(tx: &mut Tx, event_id: i64) -> Result<Option<Event>, StoreError> {
    tx.query_opt(&EVENT_BY_ID, params![event_id], event)
}

/// The events of an identity in the order in which they happened.
pub fn events_of_identity(tx: &mut Tx, identity_id: i64) -> Result<Vec<Event>, StoreError> {
    tx.query(&EVENTS_OF_IDENTITY, params![identity_id], event)
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

fn identity(row: &Row<'_>) -> Result<Identity, StoreError> {
    let enrolled_at = row.opt_int(9)?.map(Timestamp);
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
        enrolled: enrolled_at.is_some() && row.opt_int(10)?.is_none(),
        enrolled_at,
        is_affinity: row.flag(11)?,
    })
}

fn event(row: &Row<'_>) -> Result<Event, StoreError> {
    let name = row.text_ref(2)?;
    let kind = EventKind::ALL.iter().copied().find(|kind| kind.name() == name);
    Ok(Event {
        id: row.int(0)?,
        at: Timestamp(row.int(1)?),
        kind: kind.ok_or_else(|| StoreError::Damaged(format!("identity event kind {name}")))?,
        identity_id: row.int(3)?,
        person_before: row.opt_int(4)?,
        person_after: row.opt_int(5)?,
        actor: row.text(6)?,
        evidence: row.text(7)?,
        undoes: row.opt_int(8)?,
    })
}

fn count(found: Result<Option<i64>, StoreError>) -> Result<i64, StoreError> {
    found?.ok_or_else(|| StoreError::Damaged("a statement that gives one row gave none".to_owned()))
}

fn json<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Damaged(error.to_string()))
}

fn from_json<'a, T: Deserialize<'a>>(text: &'a str, what: &str) -> Result<T, StoreError> {
    serde_json::from_str(text)
        .map_err(|error| StoreError::Damaged(format!("{what} of an identity: {error}")))
}
