//! Other systems that speak XDS with this centre, and the last messages of each.

use crate::{Row, StoreError, Tx};
use model::Timestamp;

/// A peer that is not yet known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NewPeer {
    /// Its name, the actor of audit rows.
    pub name: String,
    /// Row of the facility as whose viewer it sees.
    pub facility_id: i64,
    /// SHA-256 of the certificate that it shows, hexadecimal; empty for none.
    pub fingerprint: String,
    /// That certificate as PEM, empty for none.
    pub certificate: String,
    /// PEM of the authorities trusted when we ask it, empty for none.
    pub roots: String,
    /// Address of its registry, empty for none.
    pub registry_url: String,
    /// Address of its repository, empty for none.
    pub repository_url: String,
    /// Its repositoryUniqueId, empty for none.
    pub repository_oid: String,
    /// OID of its home community, empty for ours.
    pub home_oid: String,
    /// Whether it may submit and change.
    pub may_submit: bool,
    /// Whether it may remove metadata and documents for good.
    pub may_remove: bool,
    /// Whether it is a gateway of ours, whose `urn:musubi:` slots are believed.
    pub is_gateway: bool,
    /// Whether it may change and remove also what other facilities brought.
    pub may_change_all: bool,
    /// Its source, that of what it submits; `None` where it may not.
    pub source_id: Option<i64>,
}

/// A peer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    /// Row.
    pub id: i64,
    /// Code of its facility.
    pub facility_code: String,
    /// Whether it is refused like a stranger.
    pub is_disabled: bool,
    /// The rest.
    pub said: NewPeer,
}

/// A message to write; patient data are masked already.
#[derive(Debug, Clone, Copy)]
pub struct NewMessage<'a> {
    /// Row of the peer.
    pub peer_id: i64,
    /// When.
    pub at: Timestamp,
    /// `wsa:Action`
    pub action: &'a str,
    /// How it ended, in a word.
    pub outcome: &'a str,
    /// The request.
    pub request: &'a str,
    /// The beginning of the answer.
    pub answer: &'a str,
}

/// A message as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// When.
    pub at: Timestamp,
    /// `wsa:Action`
    pub action: String,
    /// How it ended, in a word.
    pub outcome: String,
    /// The request.
    pub request: String,
    /// The beginning of the answer.
    pub answer: String,
}

/// Inserts a peer; `None` where its name or certificate is taken.
pub fn insert(tx: &mut Tx, new: &NewPeer, now: Timestamp) -> Result<Option<i64>, StoreError> {
    let values = params![
        &new.name,
        new.facility_id,
        &new.fingerprint,
        &new.certificate,
        &new.roots,
        &new.registry_url,
        &new.repository_url,
        &new.repository_oid,
        &new.home_oid,
        new.may_submit,
        new.is_gateway,
        now,
        new.may_remove,
        new.source_id,
        new.may_change_all,
    ];
    tx.insert(&INSERT, values)
}

/// The peer that shows a certificate.
pub fn by_fingerprint(tx: &mut Tx, fingerprint: &str) -> Result<Option<Peer>, StoreError> {
    tx.query_opt(&BY_FINGERPRINT, params![fingerprint], read)
}

/// The peer of a name.
pub fn by_name(tx: &mut Tx, name: &str) -> Result<Option<Peer>, StoreError> {
    tx.query_opt(&BY_NAME, params![name], read)
}

/// Every peer, by name.
pub fn all(tx: &mut Tx) -> Result<Vec<Peer>, StoreError> {
    tx.query(&ALL, params![], read)
}

/// Refuses a peer from now on, or admits it again.
pub fn set_disabled(tx: &mut Tx, id: i64, is_disabled: bool) -> Result<(), StoreError> {
    tx.execute(&SET_DISABLED, params![id, is_disabled]).map(drop)
}

/// Gives a source to a peer that has none; whether it had none.
pub fn give_source(tx: &mut Tx, id: i64, source_id: i64) -> Result<bool, StoreError> {
    Ok(tx.execute(&GIVE_SOURCE, params![id, source_id])? > 0)
}

/// Removes a peer with its last messages. What it brought stays, under its name in the audit
/// rows.
pub fn delete(tx: &mut Tx, id: i64) -> Result<(), StoreError> {
    tx.execute(&DELETE_MESSAGES, params![id])?;
    tx.execute(&DELETE, params![id]).map(drop)
}

/// Writes a message, and removes the peer's oldest beyond `kept`.
pub fn insert_message(tx: &mut Tx, new: &NewMessage<'_>, kept: i64) -> Result<(), StoreError> {
    let values = params![new.peer_id, new.at, new.action, new.outcome, new.request, new.answer];
    tx.execute(&INSERT_MESSAGE, values)?;
    tx.execute(&TRIM_MESSAGES, params![new.peer_id, kept]).map(drop)
}

/// The last messages of a peer, the newest first.
pub fn messages(tx: &mut Tx, peer_id: i64) -> Result<Vec<Message>, StoreError> {
    tx.query(&MESSAGES, params![peer_id], |row| {
        Ok(Message {
            at: Timestamp(row.int(0)?),
            action: row.text(1)?,
            outcome: row.text(2)?,
            request: row.text(3)?,
            answer: row.text(4)?,
        })
    })
}

fn read(row: &Row<'_>) -> Result<Peer, StoreError> {
    Ok(Peer {
        id: row.int(0)?,
        facility_code: row.text(3)?,
        is_disabled: row.flag(13)?,
        said: NewPeer {
            name: row.text(1)?,
            facility_id: row.int(2)?,
            fingerprint: row.text(4)?,
            certificate: row.text(5)?,
            roots: row.text(6)?,
            registry_url: row.text(7)?,
            repository_url: row.text(8)?,
            repository_oid: row.text(9)?,
            home_oid: row.text(10)?,
            may_submit: row.flag(11)?,
            is_gateway: row.flag(12)?,
            may_remove: row.flag(14)?,
            source_id: row.opt_int(15)?,
            may_change_all: row.flag(16)?,
        },
    })
}

statements! {
    INSERT = "peer/insert",
    BY_FINGERPRINT = "peer/by_fingerprint",
    BY_NAME = "peer/by_name",
    ALL = "peer/all",
    SET_DISABLED = "peer/set_disabled",
    GIVE_SOURCE = "peer/give_source",
    DELETE_MESSAGES = "peer/delete_messages",
    DELETE = "peer/delete",
    INSERT_MESSAGE = "peer/insert_message",
    TRIM_MESSAGES = "peer/trim_messages",
    MESSAGES = "peer/messages",
}
