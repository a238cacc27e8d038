//! The events that tie identities to persons: written once, never changed or removed.

use super::one;
use crate::{Row, StoreError, Tx};
use model::Timestamp;

statements! {
    INSERT_EVENT = "person/insert_event",
    EVENT_BY_ID = "person/event_by_id",
    EVENTS_OF_IDENTITY = "person/events_of_identity",
    EVENTS_OF_PERSON = "person/events_of_person",
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
    /// It takes no part until that is taken back.
    Suspended,
    /// It takes part again.
    Resumed,
    /// Its own source merged its ID into another one; it names nobody any more.
    Merged,
    /// That was taken back.
    Unmerged,
}

impl EventKind {
    /// Every kind.
    pub const ALL: &'static [EventKind] = &[
        EventKind::Created,
        EventKind::Linked,
        EventKind::Unlinked,
        EventKind::Enrolled,
        EventKind::Withdrawn,
        EventKind::Suspended,
        EventKind::Resumed,
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
            EventKind::Suspended => "suspended",
            EventKind::Resumed => "resumed",
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
    one(written)
}

/// One event.
pub fn event_by_id(tx: &mut Tx, event_id: i64) -> Result<Option<Event>, StoreError> {
    tx.query_opt(&EVENT_BY_ID, params![event_id], event)
}

/// The events of an identity in the order in which they happened.
pub fn events_of_identity(tx: &mut Tx, identity_id: i64) -> Result<Vec<Event>, StoreError> {
    tx.query(&EVENTS_OF_IDENTITY, params![identity_id], event)
}

/// The events of the identities that a person has now, in the order in which they happened.
pub fn events_of_person(tx: &mut Tx, person_id: i64) -> Result<Vec<Event>, StoreError> {
    tx.query(&EVENTS_OF_PERSON, params![person_id], event)
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
