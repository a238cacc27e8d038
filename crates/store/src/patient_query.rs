//! Patient demographics queries (ITI-21, ITI-78): persons worth looking at, and answers that go on.

use crate::{StoreError, Tx};
use model::Timestamp;

statements! {
    BY_NAME = "patient_query/by_name",
    BY_BIRTH_DAY = "patient_query/by_birth_day",
    BY_LOCAL_ID = "patient_query/by_local_id",
    EVERYBODY = "patient_query/everybody",
    INSERT = "query_continuation/insert",
    FIND = "query_continuation/find",
    CANCEL = "query_continuation/cancel",
    TRIM = "query_continuation/trim",
}

/// By what persons are looked up; whether they fit the rest, the caller sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lookup {
    /// A search key begins with this (`text::key`).
    Name(String),
    /// The birth day lies between these, both included (`YYYYMMDD`).
    BirthDay(i64, i64),
    /// The ID is this, in any domain.
    LocalId(String),
    /// Everybody: whoever asks looks at one after the other.
    Everybody,
}

/// Keys of persons of whom an identity fits, in order, `limit` at most.
pub fn persons(tx: &mut Tx, lookup: &Lookup, limit: i64) -> Result<Vec<i64>, StoreError> {
    persons_after(tx, lookup, i64::MIN, limit)
}

/// The same, those alone whose keys come after one.
pub fn persons_after(
    tx: &mut Tx,
    lookup: &Lookup,
    after: i64,
    limit: i64,
) -> Result<Vec<i64>, StoreError> {
    match lookup {
        Lookup::Name(key) => tx.query(&BY_NAME, params![key, after, limit], |row| row.int(0)),
        Lookup::BirthDay(first, last) => {
            tx.query(&BY_BIRTH_DAY, params![*first, *last, after, limit], |row| row.int(0))
        }
        Lookup::LocalId(id) => tx.query(&BY_LOCAL_ID, params![id, after, limit], |row| row.int(0)),
        Lookup::Everybody => tx.query(&EVERYBODY, params![after, limit], |row| row.int(0)),
    }
}

/// An answer that goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Continuation {
    /// QPD-2 of the query.
    pub query_tag: String,
    /// The query as it came: fields of its QPD.
    pub query: String,
    /// The last person of the answer.
    pub after_person: i64,
}

/// Keeps where an answer goes on, until `expires`; the sender's oldest beyond `kept` go.
pub fn keep(
    tx: &mut Tx,
    sender: &str,
    pointer: &str,
    continuation: &Continuation,
    (now, expires): (Timestamp, Timestamp),
    kept: i64,
) -> Result<(), StoreError> {
    let Continuation { query_tag, query, after_person } = continuation;
    tx.execute(&INSERT, params![pointer, sender, query_tag, query, *after_person, expires])?;
    tx.execute(&TRIM, params![sender, now, kept]).map(drop)
}

/// Where a pointer of this sender goes on; `None` where it does not (any more).
pub fn find(
    tx: &mut Tx,
    sender: &str,
    pointer: &str,
    now: Timestamp,
) -> Result<Option<Continuation>, StoreError> {
    tx.query_opt(&FIND, params![pointer, sender, now], |row| {
        Ok(Continuation { query_tag: row.text(0)?, query: row.text(1)?, after_person: row.int(2)? })
    })
}

/// The sender wants no more of its query.
pub fn cancel(tx: &mut Tx, sender: &str, query_tag: &str) -> Result<(), StoreError> {
    tx.execute(&CANCEL, params![sender, query_tag]).map(drop)
}
