//! Logical items of sources and their versions.

use super::row::version_state;
use crate::{StoreError, Tx};
use model::Timestamp;
use model::item::{ItemKey, VersionState};
use uuid::Uuid;

/// A version of an item as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionRow {
    /// Row of the document.
    pub id: i64,
    /// entryUUID
    pub entry_uuid: Uuid,
    /// uniqueId
    pub unique_id: String,
    /// The identity that it hangs off.
    pub identity_id: i64,
    /// Its source.
    pub source_id: Option<i64>,
    /// The set that brought it.
    pub submission_set_id: i64,
    /// 発生日時
    pub sent: String,
    /// What the source last said of it.
    pub told: VersionState,
    /// Whether its content is a cancel event.
    pub is_delete_message: bool,
    /// What it came to.
    pub state: VersionState,
    /// When it was deleted.
    pub deleted: Option<Timestamp>,
    /// `message` or `observed`.
    pub deletion_known_from: Option<String>,
    /// Its remarks as a JSON array of codes.
    pub flags: String,
    /// When it was registered.
    pub created: Timestamp,
    /// SHA-256 of its bytes.
    pub sha256: Vec<u8>,
}

/// The item of a key: its row, and whether it is new.
pub fn upsert(
    tx: &mut Tx,
    source_id: i64,
    key: &ItemKey,
    identity_id: i64,
) -> Result<(i64, bool), StoreError> {
    let storage = super::metadata::storage_number(key.storage);
    let values = params![
        source_id,
        &key.patient_id,
        storage,
        &key.data_type,
        &key.care_date,
        &key.order_key,
        identity_id,
    ];
    if let Some(id) = tx.insert(&INSERT, values)? {
        return Ok((id, true));
    }
    let found = tx.query_opt(&FIND, &values[..6], |row| row.int(0))?;
    found
        .map(|id| (id, false))
        .ok_or_else(|| StoreError::Busy("an item was removed while it was looked up".to_owned()))
}

/// The versions of an item, in no particular order of time.
pub fn versions(tx: &mut Tx, item_id: i64) -> Result<Vec<VersionRow>, StoreError> {
    tx.query(&VERSIONS, params![item_id], |row| {
        Ok(VersionRow {
            id: row.int(0)?,
            entry_uuid: row.uuid(1)?,
            unique_id: row.text(2)?,
            identity_id: row.int(3)?,
            source_id: row.opt_int(4)?,
            submission_set_id: row.int(5)?,
            sent: row.text(6)?,
            told: version_state(row.int(7)?)?,
            is_delete_message: row.flag(8)?,
            state: version_state(row.int(9)?)?,
            deleted: row.opt_int(10)?.map(Timestamp),
            deletion_known_from: row.opt_text(11)?,
            flags: row.text(12)?,
            created: Timestamp(row.int(13)?),
            sha256: row.bytes(14)?,
        })
    })
}

/// Whether the source shows another version of the same item, sent at the same time, as current
/// beside this one.
pub fn has_rival(tx: &mut Tx, document_id: i64) -> Result<bool, StoreError> {
    let found = tx.query_opt(&RIVALS, params![document_id], |row| row.int(0))?;
    Ok(found.is_some_and(|count| count > 0))
}

crate::statements! {
    INSERT = "item/insert",
    RIVALS = "item/rivals",
    FIND = "item/find",
    VERSIONS = "item/versions",
}
