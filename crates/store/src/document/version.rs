//! Versions of an entry's metadata, and the end of entries: what ITI-57, ITI-62 and ITI-86 write.

use super::removal;
use super::row::version_state;
use crate::{StoreError, Tx};
use model::Timestamp;
use model::document::{Availability, DocumentEntry};
use model::item::VersionState;

/// What a version of an entry's metadata hands on to the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionColumns {
    /// Its logical item, for intake.
    pub item_id: Option<i64>,
    /// What the source last said of it.
    pub told: VersionState,
    /// What it came to.
    pub state: VersionState,
    /// Its source.
    pub source_id: Option<i64>,
    /// SHA-256 of its bytes; empty where they are not here.
    pub sha256: Vec<u8>,
    /// Whether its bytes are here.
    pub held: bool,
    /// Whether it has a line.
    pub on_timeline: bool,
    /// Whether it has facts.
    pub with_facts: bool,
    /// Its remarks as a JSON array of codes.
    pub flags: String,
    /// Name of its category.
    pub category: String,
}

/// The columns of a document.
pub fn columns(tx: &mut Tx, id: i64) -> Result<Option<VersionColumns>, StoreError> {
    tx.query_opt(&VERSION_COLUMNS, params![id], |row| {
        Ok(VersionColumns {
            item_id: row.opt_int(0)?,
            told: version_state(row.int(1)?)?,
            state: version_state(row.int(2)?)?,
            source_id: row.opt_int(3)?,
            sha256: row.bytes(4)?,
            held: row.flag(5)?,
            on_timeline: row.flag(6)?,
            with_facts: row.flag(7)?,
            flags: row.text(8)?,
            category: row.text(9)?,
        })
    })
}

/// Puts the next version of an entry's metadata in the place of one: bytes and facts are the
/// new one's, so is the item; the earlier one is deprecated. Who may see the new one may see the
/// earlier ones, and nobody else: they take its category. Its line stays behind unless it has
/// facts. `None` where the entryUUID is taken.
pub fn replace(
    tx: &mut Tx,
    id: i64,
    before: &VersionColumns,
    next: &NextVersion<'_>,
) -> Result<Option<i64>, StoreError> {
    tx.execute(&SUPERSEDE, params![id])?;
    let entry = next.entry;
    let parameters = params![
        id,
        &entry.entry_uuid,
        before.item_id,
        next.submission_set_id,
        before.told.flag(),
        before.state.flag(),
        next.category,
        &entry.class_code.code,
        &entry.type_code.code,
        &entry.format_code.code,
        &entry.mime_type,
        entry.service_start.as_ref().map(|time| time.first),
        entry.service_stop.as_ref().map(|time| time.first),
        entry.creation_time.first,
        next.metadata,
        next.now,
        i64::try_from(entry.size).unwrap_or(i64::MAX),
        &entry.repository_oid,
        next.is_restricted,
    ];
    let Some(new) = tx.query_opt(&COPY_VERSION, parameters, |row| row.int(0))? else {
        return Ok(None);
    };
    tx.execute(&RESTRICT_VERSIONS, params![new, next.is_restricted])?;
    tx.execute(&RECATEGORISE, params![&entry.unique_id, &entry.logical(), next.category])?;
    tx.execute(&COPY_BYTES, params![id, new])?;
    tx.execute(&MOVE_FACTS, params![id, new])?;
    if before.with_facts {
        tx.execute(&MOVE_LINE, params![id, new])?;
    }
    Ok(Some(new))
}

/// The next version of an entry's metadata.
#[derive(Debug, Clone, Copy)]
pub struct NextVersion<'a> {
    /// The entry; uniqueId, hash, size and place are those of the version before.
    pub entry: &'a DocumentEntry,
    /// The text of its metadata.
    pub metadata: &'a str,
    /// Name of its category.
    pub category: &'a str,
    /// The set that brings it.
    pub submission_set_id: i64,
    /// Whether its facility shows it to its own people only, from now on.
    pub is_restricted: bool,
    /// Now.
    pub now: Timestamp,
}

/// Approves a document that is no version of an item; `flags` are its remarks from now on, a JSON
/// array of codes.
pub fn approve(tx: &mut Tx, id: i64, flags: &str) -> Result<(), StoreError> {
    tx.execute(&APPROVE, params![id, flags]).map(drop)
}

/// Leaves a new version of metadata deprecated, as the version before was.
pub fn stay_deprecated(tx: &mut Tx, id: i64) -> Result<(), StoreError> {
    tx.execute(&STAY_DEPRECATED, params![id]).map(drop)
}

/// Sets the availabilityStatus of a folder.
pub fn set_folder(tx: &mut Tx, id: i64, new: Availability) -> Result<(), StoreError> {
    let number = i64::from(new == Availability::Approved);
    tx.execute(&SET_FOLDER, params![id, number]).map(drop)
}

/// Sets the availabilityStatus of an association.
pub fn set_association(tx: &mut Tx, id: i64, new: Availability) -> Result<(), StoreError> {
    let number = i64::from(new == Availability::Approved);
    tx.execute(&SET_ASSOCIATION, params![id, number]).map(drop)
}

/// Removes a document; its facts and its line must be gone. Its bytes stay behind without
/// metadata, until ITI-86 removes them.
pub fn delete_document(tx: &mut Tx, id: i64, now: Timestamp) -> Result<(), StoreError> {
    removal::leave(tx, id, now)?;
    tx.execute(&DELETE_BYTES, params![id])?;
    tx.execute(&DELETE_DOCUMENT, params![id]).map(drop)
}

/// Removes a folder.
pub fn delete_folder(tx: &mut Tx, id: i64) -> Result<(), StoreError> {
    tx.execute(&DELETE_FOLDER, params![id]).map(drop)
}

/// Removes the bytes of a document and says that they are not here. An object is doomed.
pub fn let_go(tx: &mut Tx, id: i64) -> Result<(), StoreError> {
    removal::doom(tx, id)?;
    tx.execute(&DELETE_BYTES, params![id])?;
    tx.execute(&LET_GO, params![id]).map(drop)
}

crate::statements! {
    VERSION_COLUMNS = "document/version_columns",
    SUPERSEDE = "document/supersede",
    COPY_VERSION = "document/copy_version",
    RESTRICT_VERSIONS = "document/restrict_versions",
    RECATEGORISE = "document/recategorise",
    COPY_BYTES = "document/copy_bytes",
    APPROVE = "document/approve",
    STAY_DEPRECATED = "document/stay_deprecated",
    DELETE_DOCUMENT = "document/delete",
    DELETE_BYTES = "document/delete_bytes",
    LET_GO = "document/let_go",
    MOVE_FACTS = "fact/move",
    MOVE_LINE = "timeline/move",
    SET_FOLDER = "folder/set_availability",
    DELETE_FOLDER = "folder/delete",
    SET_ASSOCIATION = "association/set_availability",
}
