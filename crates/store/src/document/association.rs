//! Associations and the objects at their ends.

use super::row::availability;
use crate::{StoreError, Tx};
use model::document::{AssociationType, Availability};
use uuid::Uuid;

/// The kind of an association's end, with its number in the columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EndKind {
    /// 1
    Document,
    /// 2
    SubmissionSet,
    /// 3
    Folder,
    /// 4
    Association,
}

impl EndKind {
    /// The number in the columns.
    pub fn number(self) -> i64 {
        match self {
            EndKind::Document => 1,
            EndKind::SubmissionSet => 2,
            EndKind::Folder => 3,
            EndKind::Association => 4,
        }
    }
}

/// A registered object that an association can join.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct End {
    /// What it is.
    pub kind: EndKind,
    /// Its row.
    pub id: i64,
    /// The identity that it hangs off.
    pub identity_id: i64,
    /// The person whose it is now.
    pub person_id: i64,
    /// availabilityStatus; submission sets are always Approved.
    pub availability: Availability,
    /// Its logical item, for documents of intake.
    pub item_id: Option<i64>,
}

/// An association that is not yet registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewAssociation {
    /// entryUUID
    pub entry_uuid: Uuid,
    /// Type
    pub association_type: AssociationType,
    /// sourceObject: kind and row.
    pub source: (EndKind, i64),
    /// targetObject: kind and row.
    pub target: (EndKind, i64),
    /// Whether it is a HasMember of status Original.
    pub original: bool,
    /// The set that brings it.
    pub submission_set_id: i64,
}

/// An association as it is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssociationRow {
    /// entryUUID
    pub entry_uuid: Uuid,
    /// Short name of its type ([`AssociationType::name`]).
    pub association_type: String,
    /// Whether it is a HasMember of status Original.
    pub original: bool,
    /// sourceObject
    pub source: Uuid,
    /// targetObject
    pub target: Uuid,
}

/// Inserts an association; `None` where its entryUUID is taken.
pub fn insert(tx: &mut Tx, new: &NewAssociation) -> Result<Option<i64>, StoreError> {
    let parameters = params![
        &new.entry_uuid,
        new.association_type.name(),
        new.source.0.number(),
        new.source.1,
        new.target.0.number(),
        new.target.1,
        new.original,
        new.submission_set_id,
    ];
    tx.query_opt(&INSERT, parameters, |row| row.int(0))
}

/// Removes the association of an entryUUID, if it is there.
pub fn delete(tx: &mut Tx, entry_uuid: Uuid) -> Result<(), StoreError> {
    tx.execute(&DELETE, params![&entry_uuid]).map(drop)
}

/// Whether an association has this entryUUID.
pub fn is_known(tx: &mut Tx, entry_uuid: Uuid) -> Result<bool, StoreError> {
    Ok(tx.query_opt(&BY_UUID, params![&entry_uuid], |row| row.int(0))?.is_some())
}

/// The document, folder or submission set of an entryUUID.
pub fn end(tx: &mut Tx, uuid: Uuid) -> Result<Option<End>, StoreError> {
    let document = tx.query_opt(&DOCUMENT_BY_UUID, params![&uuid], |row| {
        Ok(End {
            kind: EndKind::Document,
            id: row.int(0)?,
            identity_id: row.int(1)?,
            person_id: row.int(2)?,
            availability: availability(row.int(3)?),
            item_id: row.opt_int(4)?,
        })
    })?;
    if document.is_some() {
        return Ok(document);
    }
    let folder = tx.query_opt(&FOLDER_BY_UUID, params![&uuid], |row| {
        Ok(End {
            kind: EndKind::Folder,
            id: row.int(0)?,
            identity_id: row.int(1)?,
            person_id: row.int(2)?,
            availability: availability(row.int(3)?),
            item_id: None,
        })
    })?;
    if folder.is_some() {
        return Ok(folder);
    }
    Ok(super::set::by_uuid(tx, uuid)?.map(|(id, identity_id, person_id)| End {
        kind: EndKind::SubmissionSet,
        id,
        identity_id,
        person_id,
        availability: Availability::Approved,
        item_id: None,
    }))
}

/// The associations of which an object is an end, by row. A document's HasMember from the set
/// that brought it has no row.
pub fn of_object(tx: &mut Tx, kind: EndKind, id: i64) -> Result<Vec<AssociationRow>, StoreError> {
    tx.query(&OF_OBJECT, params![kind.number(), id], |row| {
        Ok(AssociationRow {
            entry_uuid: row.uuid(1)?,
            association_type: row.text(2)?,
            original: row.flag(3)?,
            source: row.uuid(6)?,
            target: row.uuid(7)?,
        })
    })
}

/// The approved documents that append to or transform a document: row and item.
pub fn additions(tx: &mut Tx, document_id: i64) -> Result<Vec<(i64, Option<i64>)>, StoreError> {
    tx.query(&ADDITIONS, params![document_id], |row| Ok((row.int(0)?, row.opt_int(1)?)))
}

crate::statements! {
    INSERT = "association/insert",
    DELETE = "association/delete",
    BY_UUID = "association/by_uuid",
    OF_OBJECT = "association/of_object",
    ADDITIONS = "association/additions",
    DOCUMENT_BY_UUID = "document/by_uuid",
    FOLDER_BY_UUID = "folder/by_uuid",
}
