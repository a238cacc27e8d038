//! Bytes that leave the repository (ITI-86), and what metadata leave behind (ITI-62).
//!
//! A small document goes with its row. An object goes later, when no row names it: the row's
//! transaction dooms it ([`doom`]), and [`crate::sweep`] deletes it. A submission that names a
//! doomed object in the meantime saves it ([`claim`]), or is told to try again where the object
//! is going already.
//!
//! What was removed is remembered by its entryUUID ([`remember`]): a source goes on showing a
//! version that the centre was told to forget.

use crate::{ObjectKey, Objects, StoreError, Tx};
use model::Timestamp;
use uuid::Uuid;

/// Bytes that are here without metadata.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftDocument {
    /// Row.
    pub id: i64,
    /// The person whose it is now.
    pub person_id: i64,
    /// Its object, where it is one.
    pub object: Option<Vec<u8>>,
    /// The identity that it hung off.
    pub identity_id: i64,
    /// The source that brought it.
    pub source_id: Option<i64>,
    /// That one's facility.
    pub facility_id: Option<i64>,
    /// Name of its category; empty where it is not known any more.
    pub category: String,
    /// Whether its facility shows it to its own people only.
    pub is_restricted: bool,
}

/// Keeps the bytes of a document whose row is about to go, unless another row has them.
pub fn leave(tx: &mut Tx, document_id: i64, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(&LEAVE, params![document_id, now]).map(drop)
}

/// What is here of a uniqueId without metadata.
pub fn left(tx: &mut Tx, unique_id: &str) -> Result<Vec<LeftDocument>, StoreError> {
    tx.query(&OF_UNIQUE_ID, params![unique_id], |row| {
        let object = if row.flag(2)? { Some(row.bytes(3)?) } else { None };
        Ok(LeftDocument {
            id: row.int(0)?,
            person_id: row.int(1)?,
            object,
            identity_id: row.int(4)?,
            source_id: row.opt_int(5)?,
            facility_id: row.opt_int(6)?,
            category: row.text(7)?,
            is_restricted: row.flag(8)?,
        })
    })
}

/// Removes what is here without metadata.
pub fn delete_left(tx: &mut Tx, left: &LeftDocument) -> Result<(), StoreError> {
    if let Some(sha256) = &left.object {
        tx.execute(&INSERT, params![sha256])?;
    }
    tx.execute(&DELETE_LEFT, params![left.id]).map(drop)
}

/// Remembers that an object was removed for good.
pub fn remember(tx: &mut Tx, entry_uuid: Uuid, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(&REMEMBER, params![&entry_uuid, now]).map(drop)
}

/// Whether an object was removed for good, at whatever time.
pub fn is_remembered(tx: &mut Tx, entry_uuid: Uuid) -> Result<bool, StoreError> {
    Ok(tx.query_opt(&REMEMBERED, params![&entry_uuid], |row| row.int(0))?.is_some())
}

/// Dooms an object that no row of this transaction is going to name. One that another row names
/// is left alone by the sweep.
pub fn doom_object(tx: &mut Tx, sha256: &[u8; 32]) -> Result<(), StoreError> {
    tx.execute(&INSERT, params![sha256]).map(drop)
}

/// Dooms the object of a document, if it has one, before its row lets go of it.
pub fn doom(tx: &mut Tx, document_id: i64) -> Result<(), StoreError> {
    let object = tx.query_opt(&OF_DOCUMENT, params![document_id], |row| row.bytes(0))?;
    if let Some(sha256) = object {
        tx.execute(&INSERT, params![&sha256])?;
    }
    Ok(())
}

/// Dooms an object that was put for a row which did not come, unless another row names it.
pub fn doom_unnamed(tx: &mut Tx, sha256: &[u8; 32]) -> Result<(), StoreError> {
    if is_named(tx, sha256)? {
        return Ok(());
    }
    tx.execute(&INSERT, params![sha256]).map(drop)
}

/// Whether a row names an object.
pub(crate) fn is_named(tx: &mut Tx, sha256: &[u8; 32]) -> Result<bool, StoreError> {
    Ok(tx.query_opt(&NAMED, params![sha256], |row| row.int(0))?.unwrap_or(0) > 0)
}

/// Makes sure of an object that a new row names. Call it in the transaction of that row.
///
/// # Errors
/// [`StoreError::Busy`] where the object is going, or went since it was put: put it again.
pub fn claim(tx: &mut Tx, objects: &Objects, key: ObjectKey) -> Result<(), StoreError> {
    let gone = || StoreError::Busy("an object is being removed; put it again".to_owned());
    match going(tx, &key.sha256)? {
        Some(true) => return Err(gone()),
        Some(false) => tx.execute(&DELETE, params![&key.sha256]).map(drop)?,
        None => {}
    }
    if objects.is_there(&key) { Ok(()) } else { Err(gone()) }
}

/// The objects that rows let go of.
pub(crate) fn doomed(tx: &mut Tx) -> Result<Vec<Vec<u8>>, StoreError> {
    tx.query(&ALL, params![], |row| row.bytes(0))
}

/// Decides on a doomed object: whether it goes. One that a row names is saved.
pub(crate) fn decide(tx: &mut Tx, sha256: &[u8; 32]) -> Result<bool, StoreError> {
    match going(tx, sha256)? {
        None => return Ok(false),
        Some(true) => return Ok(true),
        Some(false) => {}
    }
    if is_named(tx, sha256)? {
        tx.execute(&DELETE, params![sha256])?;
        return Ok(false);
    }
    tx.execute(&GO, params![sha256])?;
    Ok(true)
}

/// Deletes an object that is going, under the lock of its row.
pub(crate) fn delete(
    tx: &mut Tx,
    objects: &Objects,
    sha256: &[u8; 32],
) -> Result<bool, StoreError> {
    if going(tx, sha256)? != Some(true) {
        return Ok(false);
    }
    objects.remove_blocking(sha256)?;
    tx.execute(&DELETE, params![sha256])?;
    Ok(true)
}

fn going(tx: &mut Tx, sha256: &[u8; 32]) -> Result<Option<bool>, StoreError> {
    tx.query_opt(&GOING, params![sha256], |row| row.flag(0))
}

crate::statements! {
    LEAVE = "left_document/leave",
    OF_UNIQUE_ID = "left_document/of_unique_id",
    DELETE_LEFT = "left_document/delete",
    REMEMBER = "removed_object/insert",
    REMEMBERED = "removed_object/by_uuid",
    INSERT = "doomed_object/insert",
    OF_DOCUMENT = "doomed_object/of_document",
    ALL = "doomed_object/all",
    GOING = "doomed_object/going",
    NAMED = "doomed_object/named",
    GO = "doomed_object/go",
    DELETE = "doomed_object/delete",
}
