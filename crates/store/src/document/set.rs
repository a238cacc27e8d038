//! Submission sets.

use crate::{Row, StoreError, Tx, dialect};
use model::Timestamp;
use model::document::{Author, ExtraSlot, Localization, SubmissionSet, XdsCode};
use serde::{Deserialize, Serialize};
use std::ops::ControlFlow;
use uuid::Uuid;

/// A set as it is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetRow {
    /// Row.
    pub id: i64,
    /// The set.
    pub set: SubmissionSet,
    /// The person whose it is now.
    pub person_id: i64,
    /// That person's community ID.
    pub community_id: String,
}

/// Inserts a set; `None` where its uniqueId or entryUUID is taken.
pub fn insert(
    tx: &mut Tx,
    set: &SubmissionSet,
    metadata: &str,
    identity_id: i64,
) -> Result<Option<i64>, StoreError> {
    let values =
        params![&set.entry_uuid, &set.unique_id, identity_id, set.submission_time, metadata];
    tx.insert(&INSERT, values)
}

/// Notes the source of the peer that brought a set.
pub fn brought_by(tx: &mut Tx, id: i64, source_id: i64) -> Result<(), StoreError> {
    tx.execute(&BROUGHT_BY, params![id, source_id]).map(drop)
}

/// Removes a set that was inserted in this transaction and came to hold nothing.
pub fn delete(tx: &mut Tx, id: i64) -> Result<(), StoreError> {
    tx.execute(&DELETE, params![id]).map(drop)
}

/// The set of a uniqueId.
pub fn id_by_unique_id(tx: &mut Tx, unique_id: &str) -> Result<Option<i64>, StoreError> {
    tx.query_opt(&BY_UNIQUE_ID, params![unique_id], |row| row.int(0))
}

/// The set of an entryUUID: row, identity, person.
pub fn by_uuid(tx: &mut Tx, uuid: Uuid) -> Result<Option<(i64, i64, i64)>, StoreError> {
    tx.query_opt(&BY_UUID, params![&uuid], |row| Ok((row.int(0)?, row.int(1)?, row.int(2)?)))
}

/// The entryUUID of a set.
pub fn uuid_by_id(tx: &mut Tx, id: i64) -> Result<Option<Uuid>, StoreError> {
    tx.query_opt(&UUID_BY_ID, params![id], |row| row.uuid(0))
}

/// The entryUUID of the set that brought a document, where its HasMember has no row.
pub fn uuid_of_bringer(tx: &mut Tx, document_id: i64) -> Result<Option<Uuid>, StoreError> {
    tx.query_opt(&UUID_OF_BRINGER, params![document_id], |row| row.uuid(0))
}

/// The sets of rows, by row.
pub fn of_ids(tx: &mut Tx, ids: &[i64]) -> Result<Vec<SetRow>, StoreError> {
    tx.query(&OF_IDS, params![&dialect::int_list(ids)], read)
}

/// Each set of identities with `from <= submissionTime < to`, in no order.
pub fn of_identities(
    tx: &mut Tx,
    identities: &[i64],
    from: Timestamp,
    to: Timestamp,
    mut visit: impl FnMut(SetRow) -> ControlFlow<()>,
) -> Result<(), StoreError> {
    tx.for_each(&OF_IDENTITIES, params![&dialect::int_list(identities), from, to], |row| {
        Ok(visit(read(row)?))
    })
}

/// The rows of the sets that brought a document or refer to it.
pub fn ids_of_document(tx: &mut Tx, document_id: i64) -> Result<Vec<i64>, StoreError> {
    tx.query(&OF_DOCUMENT, params![document_id], |row| row.int(0))
}

/// The text of a set's metadata beside its columns.
pub fn metadata(set: &SubmissionSet) -> Result<String, serde_json::Error> {
    serde_json::to_string(&Kept {
        source: set.source_oid.clone(),
        content: (
            set.content_type.code.clone(),
            set.content_type.display.clone(),
            set.content_type.scheme.clone(),
        ),
        authors: set.authors.clone(),
        title: set.title.clone(),
        home: set.home_community_id.clone(),
        digits: set.submission_digits.clone(),
        recipients: set.intended_recipients.clone(),
        title_localization: set.title_localization.clone(),
        comments: set.comments.clone(),
        comments_localization: set.comments_localization.clone(),
        limited: set.limited_metadata,
        extra: set.extra.clone(),
    })
}

#[derive(Serialize, Deserialize)]
struct Kept {
    #[serde(rename = "s")]
    source: String,
    #[serde(rename = "c")]
    content: (String, String, String),
    #[serde(rename = "a", default, skip_serializing_if = "Vec::is_empty")]
    authors: Vec<Author>,
    #[serde(rename = "t", default, skip_serializing_if = "String::is_empty")]
    title: String,
    #[serde(rename = "h", default, skip_serializing_if = "String::is_empty")]
    home: String,
    #[serde(rename = "d", default, skip_serializing_if = "String::is_empty")]
    digits: String,
    #[serde(rename = "r", default, skip_serializing_if = "Vec::is_empty")]
    recipients: Vec<String>,
    #[serde(rename = "tl", default, skip_serializing_if = "Localization::is_empty")]
    title_localization: Localization,
    #[serde(rename = "n", default, skip_serializing_if = "String::is_empty")]
    comments: String,
    #[serde(rename = "nl", default, skip_serializing_if = "Localization::is_empty")]
    comments_localization: Localization,
    #[serde(rename = "m", default, skip_serializing_if = "std::ops::Not::not")]
    limited: bool,
    #[serde(rename = "x", default, skip_serializing_if = "Vec::is_empty")]
    extra: Vec<ExtraSlot>,
}

fn read(row: &Row<'_>) -> Result<SetRow, StoreError> {
    let unique_id = row.text(2)?;
    let kept: Kept = serde_json::from_str(row.text_ref(4)?)
        .map_err(|error| StoreError::Damaged(format!("submission set {unique_id}: {error}")))?;
    let (code, display, scheme) = kept.content;
    Ok(SetRow {
        id: row.int(0)?,
        set: SubmissionSet {
            entry_uuid: row.uuid(1)?,
            unique_id,
            source_oid: kept.source,
            submission_time: Timestamp(row.int(3)?),
            content_type: XdsCode { code, display, scheme },
            authors: kept.authors,
            title: kept.title,
            home_community_id: kept.home,
            submission_digits: kept.digits,
            intended_recipients: kept.recipients,
            title_localization: kept.title_localization,
            comments: kept.comments,
            comments_localization: kept.comments_localization,
            limited_metadata: kept.limited,
            extra: kept.extra,
        },
        person_id: row.int(5)?,
        community_id: row.text(6)?,
    })
}

crate::statements! {
    INSERT = "submission_set/insert",
    BROUGHT_BY = "submission_set/brought_by",
    DELETE = "submission_set/delete",
    BY_UNIQUE_ID = "submission_set/by_unique_id",
    BY_UUID = "submission_set/by_uuid",
    UUID_BY_ID = "submission_set/uuid_by_id",
    UUID_OF_BRINGER = "submission_set/uuid_of_bringer",
    OF_IDS = "submission_set/of_ids",
    OF_IDENTITIES = "submission_set/of_identities",
    OF_DOCUMENT = "submission_set/of_document",
}
