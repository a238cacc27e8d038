//! Associations and the objects at their ends.

use super::row::availability;
use crate::{StoreError, Tx};
use model::document::{AssociationDetails, AssociationType, Availability};
use uuid::Uuid;

/// The kind of an association's end, with its number in the columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
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

    /// The kind of a number in the columns.
    pub fn of_number(number: i64) -> Option<EndKind> {
        let all =
            [EndKind::Document, EndKind::SubmissionSet, EndKind::Folder, EndKind::Association];
        all.into_iter().find(|kind| kind.number() == number)
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
    /// Whether it is an on-demand document.
    pub is_on_demand: bool,
}

/// An association that is not yet registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewAssociation<'a> {
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
    /// The text of what it says beside type and ends ([`details`]).
    pub details: &'a str,
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
    /// availabilityStatus
    pub availability: Availability,
    /// What was sent beside type and ends.
    pub details: Option<Box<AssociationDetails>>,
}

/// The text of an association's details: empty where there are none.
pub fn details(details: Option<&AssociationDetails>) -> Result<String, serde_json::Error> {
    details.map_or_else(|| Ok(String::new()), serde_json::to_string)
}

/// The details of a text in the column.
pub(crate) fn read_details(text: &str) -> Result<Option<Box<AssociationDetails>>, StoreError> {
    if text.is_empty() {
        return Ok(None);
    }
    serde_json::from_str(text)
        .map(Some)
        .map_err(|error| StoreError::Damaged(format!("details of an association: {error}")))
}

/// Inserts an association; `None` where its entryUUID is taken.
pub fn insert(tx: &mut Tx, new: &NewAssociation<'_>) -> Result<Option<i64>, StoreError> {
    let parameters = params![
        &new.entry_uuid,
        new.association_type.name(),
        new.source.0.number(),
        new.source.1,
        new.target.0.number(),
        new.target.1,
        new.original,
        new.submission_set_id,
        new.details,
    ];
    tx.insert(&INSERT, parameters)
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
            is_on_demand: row.int(5)? == 2,
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
            is_on_demand: false,
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
        is_on_demand: false,
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
            availability: availability(row.int(8)?),
            details: read_details(row.text_ref(9)?)?,
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
