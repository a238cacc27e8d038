//! Rows of documents.

use super::metadata;
use crate::{StoreError, Tx};
use model::Timestamp;
use model::document::{Availability, DocumentEntry, DocumentKind};
use model::item::VersionState;
use uuid::Uuid;

/// A document that is not yet registered.
#[derive(Debug, Clone, Copy)]
pub struct NewDocument<'a> {
    /// Its metadata.
    pub entry: &'a DocumentEntry,
    /// The text of its metadata ([`super::metadata::write`]).
    pub metadata: &'a str,
    /// The identity that it hangs off.
    pub identity_id: i64,
    /// Its source, for intake.
    pub source_id: Option<i64>,
    /// Its logical item, for intake.
    pub item_id: Option<i64>,
    /// The set that brings it.
    pub submission_set_id: i64,
    /// What the source says of this version.
    pub told: VersionState,
    /// What it comes to.
    pub settlement: &'a Settlement,
    /// Name of its category.
    pub category: &'a str,
    /// SHA-256 of its bytes.
    pub sha256: &'a [u8],
    /// Whether its bytes are an object rather than a row.
    pub in_objects: bool,
    /// Verdict about its text, empty for none.
    pub text_verdict: &'a str,
    /// Now.
    pub created: Timestamp,
    /// Whether its bytes are here.
    pub held: bool,
    /// Whether the set's HasMember to it has no row.
    pub member_implied: bool,
    /// Whether its facility shows it to its own people only.
    pub is_restricted: bool,
    /// The rules by which its facts, line, remarks and verdict were read.
    pub rules_version: u32,
}

/// What a version comes to beside its siblings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement {
    /// Its state.
    pub state: VersionState,
    /// When it was deleted, if it was, and whether a `message` says so or it was `observed`.
    pub deletion: Option<(Timestamp, &'static str)>,
    /// Its remarks as a JSON array of codes.
    pub flags: String,
}

impl Settlement {
    /// availabilityStatus as a number: 1 Approved, 0 Deprecated.
    pub fn availability(&self) -> i64 {
        i64::from(self.state == VersionState::Current)
    }
}

/// A document that is registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownDocument {
    /// Row.
    pub id: i64,
    /// entryUUID
    pub entry_uuid: Uuid,
    /// The identity that it hangs off.
    pub identity_id: i64,
    /// Its logical item, for intake.
    pub item_id: Option<i64>,
    /// The set that brought it.
    pub submission_set_id: i64,
    /// size
    pub size: u64,
    /// SHA-256 of its bytes.
    pub sha256: Vec<u8>,
    /// What the source last said of this version.
    pub told: VersionState,
    /// availabilityStatus
    pub availability: Availability,
    /// Whether its bytes are here.
    pub held: bool,
}

/// Inserts a document; `None` where its entryUUID is taken, or where it is a version of an item
/// and another one has its uniqueId.
pub fn insert(tx: &mut Tx, new: &NewDocument<'_>) -> Result<Option<i64>, StoreError> {
    let entry = new.entry;
    let (sent, is_delete_message) =
        entry.intake.as_ref().map_or(("", false), |i| (i.sent.as_str(), i.is_delete_message));
    let logical = entry.logical();
    let parameters = params![
        &entry.entry_uuid,
        &entry.unique_id,
        new.identity_id,
        new.source_id,
        new.item_id,
        new.submission_set_id,
        sent,
        new.told.flag(),
        is_delete_message,
        new.settlement.state.flag(),
        new.settlement.availability(),
        new.settlement.deletion.map(|(at, _)| at),
        new.settlement.deletion.map(|(_, known_from)| known_from),
        new.category,
        &entry.class_code.code,
        &entry.type_code.code,
        &entry.format_code.code,
        &entry.mime_type,
        entry.service_start.as_ref().map(|time| time.first),
        entry.service_stop.as_ref().map(|time| time.first),
        entry.creation_time.first,
        i64::try_from(entry.size).unwrap_or(i64::MAX),
        new.sha256,
        new.in_objects,
        &new.settlement.flags,
        new.text_verdict,
        new.metadata,
        new.created,
        object_type_number(entry.kind),
        &logical,
        entry.version_number(),
        new.held,
        &entry.repository_oid,
        new.member_implied,
        new.rules_version,
        new.is_restricted,
    ];
    tx.insert(&INSERT, parameters)
}

/// The document of a uniqueId.
pub fn known(tx: &mut Tx, unique_id: &str) -> Result<Option<KnownDocument>, StoreError> {
    tx.query_opt(&KNOWN, params![unique_id], |row| {
        Ok(KnownDocument {
            id: row.int(0)?,
            entry_uuid: row.uuid(1)?,
            identity_id: row.int(2)?,
            item_id: row.opt_int(3)?,
            submission_set_id: row.int(4)?,
            size: row.int(5)?.unsigned_abs(),
            sha256: row.bytes(6)?,
            told: version_state(row.int(7)?)?,
            availability: availability(row.int(8)?),
            held: row.flag(9)?,
        })
    })
}

/// What an entry says of the bytes of its uniqueId.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SameUniqueId {
    /// logicalID
    pub logical: Uuid,
    /// Whether it is on-demand: it has no bytes.
    pub is_on_demand: bool,
    /// size
    pub size: u64,
    /// SHA-256 of its bytes; empty where they were never here.
    pub sha256: Vec<u8>,
    /// hash, a SHA-1 in hexadecimal; empty where none was said.
    pub hash: String,
}

/// Every entry of a uniqueId as its latest version says, the oldest first.
pub fn entries_of_unique_id(tx: &mut Tx, unique_id: &str) -> Result<Vec<SameUniqueId>, StoreError> {
    tx.query(&ENTRIES_OF_UNIQUE_ID, params![unique_id], |row| {
        let hash = metadata::hash(row.text_ref(4)?)
            .map_err(|error| StoreError::Damaged(format!("metadata of {unique_id}: {error}")))?;
        Ok(SameUniqueId {
            logical: row.uuid(0)?,
            is_on_demand: row.int(1)? == object_type_number(DocumentKind::OnDemand),
            size: row.int(2)?.unsigned_abs(),
            sha256: row.bytes(3)?,
            hash,
        })
    })
}

/// The rows of a uniqueId, the oldest first: versions of one entry share it.
pub fn ids_by_unique_id(tx: &mut Tx, unique_id: &str) -> Result<Vec<i64>, StoreError> {
    tx.query(&ID_BY_UNIQUE_ID, params![unique_id], |row| row.int(0))
}

/// The first row of a uniqueId.
pub fn id_by_unique_id(tx: &mut Tx, unique_id: &str) -> Result<Option<i64>, StoreError> {
    tx.query_opt(&ID_BY_UNIQUE_ID, params![unique_id], |row| row.int(0))
}

/// The row of an entryUUID.
pub fn id_by_uuid(tx: &mut Tx, uuid: Uuid) -> Result<Option<i64>, StoreError> {
    tx.query_opt(&ID_BY_UUID, params![&uuid], |row| row.int(0))
}

/// Whether a submission set, folder or document has this uniqueId.
pub fn is_unique_id_used(tx: &mut Tx, unique_id: &str) -> Result<bool, StoreError> {
    Ok(tx.query_opt(&UNIQUE_ID_IN_USE, params![unique_id], |row| row.int(0))?.is_some())
}

/// Whether any object has this entryUUID.
pub fn is_uuid_used(tx: &mut Tx, uuid: Uuid) -> Result<bool, StoreError> {
    Ok(tx.query_opt(&UUID_IN_USE, params![&uuid], |row| row.int(0))?.is_some())
}

/// The entryUUIDs of the documents that a set brought, where its HasMember has no row.
pub fn uuids_of_set(tx: &mut Tx, submission_set_id: i64) -> Result<Vec<Uuid>, StoreError> {
    tx.query(&UUIDS_OF_SET, params![submission_set_id], |row| row.uuid(0))
}

/// Writes what a version comes to.
pub fn settle(
    tx: &mut Tx,
    id: i64,
    told: VersionState,
    settlement: &Settlement,
) -> Result<(), StoreError> {
    let parameters = params![
        id,
        told.flag(),
        settlement.state.flag(),
        settlement.availability(),
        settlement.deletion.map(|(at, _)| at),
        settlement.deletion.map(|(_, known_from)| known_from),
        &settlement.flags,
    ];
    tx.execute(&SETTLE, parameters).map(drop)
}

/// Gives the attachments that came with a version its state.
pub fn follow(tx: &mut Tx, id: i64) -> Result<(), StoreError> {
    tx.execute(&FOLLOW, params![id]).map(drop)
}

/// Deprecates a document that is no version of an item.
pub fn deprecate(tx: &mut Tx, id: i64) -> Result<(), StoreError> {
    tx.execute(&DEPRECATE, params![id]).map(drop)
}

/// The text of a document's metadata.
pub fn metadata_text(tx: &mut Tx, id: i64) -> Result<Option<String>, StoreError> {
    tx.query_opt(&METADATA, params![id], |row| row.text(0))
}

/// The number of documents by typeCode and state.
pub fn count_by_type(tx: &mut Tx) -> Result<Vec<(String, VersionState, u64)>, StoreError> {
    tx.query(&COUNT_BY_TYPE, params![], |row| {
        Ok((row.text(0)?, version_state(row.int(1)?)?, row.int(2)?.unsigned_abs()))
    })
}

/// The state of a number in a column.
pub fn version_state(number: i64) -> Result<VersionState, StoreError> {
    VersionState::from_flag(number)
        .ok_or_else(|| StoreError::Damaged(format!("{number} is no version state")))
}

/// The number of an object type in its column.
pub fn object_type_number(kind: DocumentKind) -> i64 {
    match kind {
        DocumentKind::Stable => 1,
        DocumentKind::OnDemand => 2,
    }
}

/// The availability of a number in a column.
pub fn availability(number: i64) -> Availability {
    if number == 1 { Availability::Approved } else { Availability::Deprecated }
}

crate::statements! {
    INSERT = "document/insert",
    FOLLOW = "document/follow",
    KNOWN = "document/known",
    ENTRIES_OF_UNIQUE_ID = "document/entries_of_unique_id",
    ID_BY_UNIQUE_ID = "document/id_by_unique_id",
    ID_BY_UUID = "document/id_by_uuid",
    UNIQUE_ID_IN_USE = "document/unique_id_in_use",
    UUID_IN_USE = "document/uuid_in_use",
    UUIDS_OF_SET = "document/uuids_of_set",
    SETTLE = "document/settle",
    DEPRECATE = "document/deprecate",
    METADATA = "document/metadata",
    COUNT_BY_TYPE = "document/count_by_type",
}
