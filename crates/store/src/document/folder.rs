//! Folders.

use super::row::availability;
use crate::{Row, StoreError, Tx};
use model::Timestamp;
use model::document::{Availability, ExtraSlot, Folder, Localization, XdsCode};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A folder as it is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderRow {
    /// Row.
    pub id: i64,
    /// The folder.
    pub folder: Folder,
    /// availabilityStatus
    pub availability: Availability,
    /// lastUpdateTime
    pub last_update: Timestamp,
    /// The community ID of the person whose it is now.
    pub community_id: String,
}

/// Inserts a folder; `None` where its entryUUID is taken.
pub fn insert(
    tx: &mut Tx,
    folder: &Folder,
    metadata: &str,
    identity_id: i64,
    now: Timestamp,
) -> Result<Option<i64>, StoreError> {
    let logical = folder.logical();
    let values = params![
        &folder.entry_uuid,
        &folder.unique_id,
        identity_id,
        now,
        metadata,
        &logical,
        folder.version_number(),
    ];
    tx.insert(&INSERT, values)
}

/// The first folder of a uniqueId; versions of one folder share it.
pub fn id_by_unique_id(tx: &mut Tx, unique_id: &str) -> Result<Option<i64>, StoreError> {
    tx.query_opt(&BY_UNIQUE_ID, params![unique_id], |row| row.int(0))
}

/// Sets lastUpdateTime.
pub fn touch(tx: &mut Tx, id: i64, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(&TOUCH, params![id, now]).map(drop)
}

/// The approved folders that hold a document: row and entryUUID.
pub fn approved_with_document(
    tx: &mut Tx,
    document_id: i64,
) -> Result<Vec<(i64, Uuid)>, StoreError> {
    tx.query(&APPROVED_WITH_DOCUMENT, params![document_id], |row| Ok((row.int(0)?, row.uuid(1)?)))
}

/// Every folder that holds a document.
pub fn of_document(tx: &mut Tx, document_id: i64) -> Result<Vec<FolderRow>, StoreError> {
    tx.query(&OF_DOCUMENT, params![document_id], read)
}

/// The text of a folder's metadata beside its columns.
pub fn metadata(folder: &Folder) -> Result<String, serde_json::Error> {
    serde_json::to_string(&Kept {
        codes: folder.codes.clone(),
        title: folder.title.clone(),
        logical_id: folder.logical_id,
        version: folder.version,
        home: folder.home_community_id.clone(),
        title_localization: folder.title_localization.clone(),
        comments: folder.comments.clone(),
        comments_localization: folder.comments_localization.clone(),
        limited: folder.limited_metadata,
        extra: folder.extra.clone(),
    })
}

/// A folder of the columns that every statement about whole folders begins with.
pub(super) fn read(row: &Row<'_>) -> Result<FolderRow, StoreError> {
    let unique_id = row.text(2)?;
    let kept: Kept = serde_json::from_str(row.text_ref(5)?)
        .map_err(|error| StoreError::Damaged(format!("folder {unique_id}: {error}")))?;
    Ok(FolderRow {
        id: row.int(0)?,
        folder: Folder {
            entry_uuid: row.uuid(1)?,
            unique_id,
            codes: kept.codes,
            title: kept.title,
            logical_id: kept.logical_id,
            version: kept.version,
            home_community_id: kept.home,
            title_localization: kept.title_localization,
            comments: kept.comments,
            comments_localization: kept.comments_localization,
            limited_metadata: kept.limited,
            extra: kept.extra,
        },
        availability: availability(row.int(3)?),
        last_update: Timestamp(row.int(4)?),
        community_id: row.text(6)?,
    })
}

#[derive(Serialize, Deserialize)]
struct Kept {
    #[serde(rename = "c")]
    codes: Vec<XdsCode>,
    #[serde(rename = "t")]
    title: String,
    #[serde(rename = "l", default, skip_serializing_if = "Option::is_none")]
    logical_id: Option<Uuid>,
    #[serde(rename = "v", default, skip_serializing_if = "Option::is_none")]
    version: Option<u32>,
    #[serde(rename = "h", default, skip_serializing_if = "String::is_empty")]
    home: String,
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

crate::statements! {
    INSERT = "folder/insert",
    BY_UNIQUE_ID = "folder/by_unique_id",
    TOUCH = "folder/touch",
    APPROVED_WITH_DOCUMENT = "folder/approved_with_document",
    OF_DOCUMENT = "folder/of_document",
}
